import Formatting
import Compute
import Foundation
import Storage
import Training

/// Makes runs from settings, a corpus, a rule and a law: a pure function.
struct SweepPlanner {
  private(set) var settings: SweepSettings
  let corpus: SweepCorpus
  let rule: HyperparameterRule
  let law: PlanningLaw
  let family: ModelFamily
  private let basis: JSONValue

  /// - Throws: `QuillError` of kind `.usage` for settings that cannot be.
  init(_ plan: SweepPlan) throws {
    try plan.settings.validate()
    (settings, corpus, rule, law) = (plan.settings, plan.corpus, plan.rule, plan.law)
    family = try ModelFamily(context: settings.context, vocabularySize: corpus.vocabularySize)
    basis = plan.identityBasis
  }

  /// The same planner under other settings.
  func with(_ change: (inout SweepSettings) -> Void) -> SweepPlanner {
    var copy = self
    change(&copy.settings)
    return copy
  }

  // MARK: Points

  /// A size and the tokens it is trained on.
  struct Point {
    var member: ModelFamily.Member
    var budget: Double
    /// Tokens aimed at; a run takes a whole number of steps.
    var tokens: Double
  }

  /// A size that spends a budget.
  func point(_ member: ModelFamily.Member, budget: Double) -> Point {
    Point(member: member, budget: budget, tokens: budget / member.cost.exact)
  }

  func center(budget: Double) -> Double { law.bestParameters(flops: budget, family: family) }

  /// Sizes from the one that the smallest budget trains to the one that the largest does, at a fixed D / N.
  ///
  /// Fewer than asked for where the family has no more that cost at most twice the largest budget; two at least.
  func ratioPoints() -> [Point] {
    func cost(_ member: ModelFamily.Member) -> Double {
      member.cost.exact * settings.tokensPerParameter * Double(member.parameters)
    }
    func nearest(_ budget: Double) -> Double {
      Double(family.members.min { abs(log(cost($0) / budget)) < abs(log(cost($1) / budget)) }!.parameters)
    }
    let low = nearest(settings.budgets.first!)
    let high = min(nearest(settings.budgets.last!), mostTokens / settings.tokensPerParameter)
    let members = family.members(
      around: (low * high).squareRoot(), span: max(1, (high / low).squareRoot()),
      count: settings.sizesPerBudget,
      where: { settings.tokensPerParameter * Double($0.parameters) <= mostTokens })
    let affordable = members.count { cost($0) <= 2 * settings.budgets.last! }
    return members.prefix(max(2, affordable)).map {
      Point(
        member: $0, budget: cost($0), tokens: settings.tokensPerParameter * Double($0.parameters))
    }
  }

  // MARK: Runs

  /// A run from its point.
  ///
  /// - Parameters:
  ///   - batch: windows of a step; the rule's for the point if nil.
  ///   - rate: the peak learning rate; the rule's if nil.
  func configuration(
    _ point: Point, batch: Int? = nil, rate: Double? = nil, seed: Int? = nil, warmup: Int? = nil,
    schedule: Schedule.Shape? = nil, steps: Int? = nil
  ) throws -> RunConfiguration {
    let parameters = point.member.parameters
    var result = RunConfiguration()
    result.model = point.member.size.settings(context: settings.context)
    result.train.batch =
      batch ?? rule.batchWindows(parameters: parameters, tokens: point.tokens, context: settings.context)
    let tokensPerStep = result.train.batch * settings.context
    let count = steps ?? max(10, min(SizeLimits.steps.high, Int(clamped: point.tokens / Double(tokensPerStep))))
    result.train.steps = count
    result.train.warmup =
      warmup ?? rule.warmupSteps(parameters: parameters, steps: count, tokensPerStep: tokensPerStep)
    result.train.learningRate = rate ?? learningRate(point)
    result.train.minimumLearningRate = 0
    result.train.schedule = schedule ?? (settings.design == .wsd ? .wsd : .cosine)
    result.train.decayFraction = settings.decayFraction
    result.train.seed = seed ?? settings.seeds[0]
    result.train.precision = settings.precision
    result.train.evaluateEvery = count
    return try result.resolved(
      for: .init(
        vocabularySize: corpus.vocabularySize, trainingTokens: corpus.trainingTokens,
        validationTokens: corpus.validationTokens))
  }

  /// The rule's peak learning rate for a point, at the batch that the rule gives it.
  private func learningRate(_ point: Point) -> Double {
    let parameters = point.member.parameters
    let rate = settings.rateScale * rule.learningRate(parameters: parameters)
    func windows(_ rule: HyperparameterRule) -> Double {
      Double(rule.batchWindows(parameters: parameters, tokens: point.tokens, context: settings.context))
    }
    let scale = (windows(rule) / windows(HyperparameterRule())).squareRoot()
    return scale == 1 ? rate : Double(String(format: "%.4g", rate * scale)) ?? rate * scale
  }

  func run(
    _ role: RunRole, _ point: Point, _ configuration: RunConfiguration, parent: PlannedRun? = nil,
    parentStep: Int? = nil, branchSteps: [Int] = []
  ) -> PlannedRun {
    PlannedRun(
      role, budget: settings.design == .ratio && role != .verification ? nil : point.budget, configuration,
      basis: basis, parent: parent, parentStep: parentStep, branchSteps: branchSteps)
  }

  /// The points that laws are fitted to, and the repeated ones.
  ///
  /// - Parameter budgets: those to plan.
  func gridRuns(budgets: [Double]) throws -> [PlannedRun] {
    switch settings.design {
    case .isoflop:
      return try budgets.flatMap { try points(budget: $0).map { run(.grid, $0, try configuration($0)) } }
    case .ratio: return try ratioPoints().map { run(.grid, $0, try configuration($0)) }
    case .wsd: return try trunksAndBranches(budgets: budgets)
    }
  }

  /// The two smallest sizes at the smallest budget again, under the other seeds.
  func noiseRuns() throws -> [PlannedRun] {
    let smallest = settings.design == .ratio ? ratioPoints() : points(budget: settings.budgets[0])
    return try smallest.prefix(2).flatMap { point in
      try settings.seeds.dropFirst().map { run(.noise, point, try configuration(point, seed: $0)) }
    }
  }

  /// The held-out run: the member nearest to the predicted optimum of its budget.
  func verificationRun() throws -> PlannedRun? {
    guard let point = heldOut.point else { return nil }
    return run(.verification, point, try configuration(point))
  }

  /// Every run of the plan in order.
  func allRuns(rates: [PlannedRun]) throws -> [PlannedRun] {
    var runs = rates
    for run in try gridRuns(budgets: settings.budgets) + noiseRuns()
      + [try verificationRun()].compactMap({ $0 })
    where !runs.contains(where: { $0.id == run.id }) { runs.append(run) }
    return runs
  }
}

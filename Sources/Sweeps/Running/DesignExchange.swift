import Foundation
import ScalingLaws
import Formatting

/// Gives up runs that teach little about the best size of the held-out budget for others that teach more, at no more FLOPs.
///
/// With M the information of all fitted runs, done and planned, under the fit (``DesignInformation``), and V = Var(ln N*(C)) of the
/// held-out budget C: a size of the budget that comes next is **dominated** where
///
/// 1. even the lower end of its 95 % prediction interval lies above the loss predicted for the best size of its budget, and
/// 2. its FLOPs, spent on other runs, make V smaller than it is with it.
///
/// Other runs are sizes of this budget and of smaller ones that are not in the plan, within the sweep's span of the optimum that
/// the fit predicts for their budget or of the one first guessed, with at least two tokens per parameter, and within the bound of
/// epochs; they are taken in the order of the largest drop of V per FLOP (c-optimality). Without those about the first guess, which
/// a sweep that does not adapt would have, centring alone may make V larger: sizes far from the optimum tell N's share of the
/// loss from D's. Five sizes of a budget stay, two of them on either side of the optimum, so that each
/// budget keeps a valley of its own.
///
/// D-optimality, the largest growth of det M, is not offered: it spends runs on the product of all parameters' errors, and ln A
/// and α, which hardly any run tells apart, are of no use to whoever asks for N*. Source: Atkinson, Donev & Tobias 2007, "Optimum
/// Experimental Designs, with SAS", chapters 10 and 11 (c-optimality), 12 (exchange).
struct DesignExchange {
  /// The runs of the plan afterwards.
  private(set) var runs: [PlannedRun]
  private(set) var dropped: [PlannedRun] = []
  private(set) var added: [PlannedRun] = []
  /// √V before and after.
  private(set) var standardErrorBefore: Double
  private(set) var standardError: Double

  private static let fewestSizes = 5
  private static let fewestPerSide = 2
  private static let fewestTokensPerParameter = 2.0
  /// Standard normal deviate of the lower end of a 95 % interval.
  private static let reach = 1.96
  /// The known entropy counts as a run without end, a hundred times as exact as any other.
  private static let floorWeight = 1e4

  private let planner: SweepPlanner
  private let theta: [Double]
  private let noise: Double
  private let target: FittedQuantity
  /// The fitted runs that have ended well, and the floor where it is known.
  private let known: [TrainedRun]

  /// - Parameter plan: with a fitted law, and the runs of its last settled budget placed by it and not yet done.
  /// - Returns: nil where the runs do not determine the law.
  init?(_ plan: SweepPlan, _ records: [SweepRecord]) throws {
    planner = try SweepPlanner(plan)
    runs = plan.runs
    let law = plan.law
    theta = Chinchilla().theta([law.E, law.A, law.alpha, law.B, law.beta])
    target = .lnOptimalParameters(
      flops: plan.settings.verificationFLOPs ?? 10 * plan.settings.budgets[plan.settings.budgets.count - 1])
    let fitted = records.filter { $0.role.isFitted && $0.status == .finished && $0.loss != nil }
    let squares = fitted.map { record in
      let predicted = law.loss(parameters: Double(record.parameters), tokens: Double(record.tokens))
      return pow(log(predicted / record.loss!), 2)
    }
    noise = (squares.reduce(0, +) / Double(max(1, fitted.count - 5))).squareRoot()
    guard noise > 0, noise.isFinite else { return nil }
    var known = fitted.map { TrainedRun(parameters: Double($0.parameters), tokens: Double($0.tokens), loss: 1) }
    if plan.corpus.entropyFloorInNats != nil {
      known.append(TrainedRun(parameters: 1e30, tokens: 1e30, loss: 1, weight: Self.floorWeight))
    }
    self.known = known
    (standardError, standardErrorBefore) = (.nan, .nan)
    let ended = Set(records.map(\.id))
    let open = plan.runs.filter { $0.role.isFitted && !ended.contains($0.id) }
    guard let start = information(with: open) else { return nil }
    (standardErrorBefore, standardError) = (start.standardError(target), start.standardError(target))
    improve(plan, open)
  }

  private mutating func improve(_ plan: SweepPlan, _ open: [PlannedRun]) {
    let budget = plan.settings.budgets[plan.settledBudgets - 1]
    var design = open
    while let found = bestExchange(design, plan, budget), found.standardError < standardError {
      design.removeAll { $0.id == found.dropped.id }
      design += found.added
      dropped.append(found.dropped)
      added += found.added
      standardError = found.standardError
    }
    let gone = Set(dropped.map(\.id))
    runs.removeAll { gone.contains($0.id) }
    let end = runs.firstIndex { $0.role == .verification } ?? runs.endIndex
    runs.insert(contentsOf: added, at: end)
  }

  private struct Exchange {
    var dropped: PlannedRun
    var added: [PlannedRun]
    var standardError: Double
  }

  /// Of the exchanges of one dominated size, the one that leaves the smallest variance.
  private func bestExchange(_ design: [PlannedRun], _ plan: SweepPlan, _ budget: Double) -> Exchange? {
    droppable(design.filter { $0.budget == budget && $0.role == .grid }, budget).compactMap { run in
      exchange(of: run, design, plan)
    }.min { ($0.standardError, $0.dropped.id) < ($1.standardError, $1.dropped.id) }
  }

  /// What the FLOPs of one run buy elsewhere; nil where they buy nothing.
  private func exchange(of run: PlannedRun, _ design: [PlannedRun], _ plan: SweepPlan) -> Exchange? {
    var design = design.filter { $0.id != run.id }
    var allowance = flops(run)
    var taken: [PlannedRun] = []
    var candidates = candidates(plan, besides: dropped + added + [run])
    while let now = information(with: design) {
      candidates.removeAll { flops($0) > allowance }
      let gains = candidates.map { now.gain(of: row($0), target) / flops($0) }
      guard let best = gains.indices.max(by: { gains[$0] < gains[$1] }), gains[best] > 0 else {
        return taken.isEmpty
          ? nil : Exchange(dropped: run, added: taken, standardError: now.standardError(target))
      }
      let next = candidates.remove(at: best)
      allowance -= flops(next)
      design.append(next)
      taken.append(next)
    }
    return nil
  }

  /// Sizes of a budget that are no contenders for its best, as far as their valley can spare them.
  private func droppable(_ cells: [PlannedRun], _ budget: Double) -> [PlannedRun] {
    guard cells.count > Self.fewestSizes, let now = information(with: []) else { return [] }
    let center = planner.center(budget: budget)
    let losses = cells.map { predicted($0) }
    let best = losses.min()!
    return zip(cells, losses).filter { run, loss in
      let isBelow = parameters(run) < center
      guard cells.count(where: { (parameters($0) < center) == isBelow }) > Self.fewestPerSide else {
        return false
      }
      let own = now.standardError(.lnPrediction(parameters: parameters(run), tokens: Double(run.tokens)))
      return loss * exp(-Self.reach * (own * own + noise * noise).squareRoot()) > best
    }.map(\.0)
  }

  /// Sizes at the budgets placed so far that the plan does not have.
  private func candidates(_ plan: SweepPlan, besides others: [PlannedRun]) -> [PlannedRun] {
    let guess = PlanningLaw.guess(for: plan.corpus)
    return plan.settings.budgets.prefix(plan.settledBudgets).flatMap { budget -> [PlannedRun] in
      let centers = [
        planner.center(budget: budget), guess.bestParameters(flops: budget, family: planner.family),
      ]
      let present = Set((plan.runs + others).filter { $0.role == .grid && $0.budget == budget }.map(\.size))
      return planner.family.members.compactMap { member in
        let point = planner.point(member, budget: budget)
        let size = Double(member.parameters)
        guard !present.contains(member.size), planner.allows(member, budget: budget),
          centers.contains(where: { abs(log(size / $0)) <= log(plan.settings.span) }),
          point.tokens >= Self.fewestTokensPerParameter * size,
          let configuration = try? planner.configuration(point)
        else { return nil }
        return planner.run(.grid, point, configuration)
      }
    }
  }

  /// What was exchanged; nil where nothing was.
  var event: SweepEvent? {
    guard !dropped.isEmpty else { return nil }
    return .exchanged(
      dropped: dropped, added: added, errorBefore: standardErrorBefore, errorAfter: standardError)
  }

  // MARK: Figures of a run

  private func parameters(_ run: PlannedRun) -> Double {
    Double(planner.family.member(run.size)?.parameters ?? 1)
  }
  private func flops(_ run: PlannedRun) -> Double {
    (planner.family.member(run.size)?.cost.exact ?? 0) * Double(run.tokens)
  }
  private func predicted(_ run: PlannedRun) -> Double {
    planner.law.loss(parameters: parameters(run), tokens: Double(run.tokens))
  }
  private func row(_ run: PlannedRun) -> TrainedRun {
    TrainedRun(parameters: parameters(run), tokens: Double(run.tokens), loss: 1)
  }

  private func information(with runs: [PlannedRun]) -> DesignInformation? {
    try? DesignInformation(of: known + runs.map(row), law: Chinchilla(), truth: theta, noise: noise)
  }
}

import Foundation
import Randomness
import ScalingLaws
import Storage
import Testing

@testable import Sweeps

/// A sweep whose runs a known law "does" the moment they are planned.
struct SimulatedSweep {
  var plan: SweepPlan
  var truth: PlanningLaw
  var noise = 0.003
  var records: [SweepRecord] = []

  static let family = try! ModelFamily(context: 256, vocabularySize: 257)

  /// - Parameter offset: of the true optimum from the guessed one, as a factor.
  init(offset: Double, adapts: Bool, budgets: [Double] = [1e12, 3.16e12, 1e13, 3.16e13]) throws {
    var settings = SweepSettings(budgets: budgets, precision: .fp32)
    settings.checksRates = false
    let corpus = SweepCorpus(
      path: "corpora/simulated", identity: "00", vocabularySize: 257, trainingTokens: 1_000_000_000,
      validationTokens: 1_000_000, bytesPerToken: 1)
    plan = try SweepDraft(settings: settings, limit: nil, corpus: corpus).plan().plan
    plan.adapts = adapts
    let middle = budgets[budgets.count / 2]
    truth = plan.law.moved(
      to: offset * plan.law.bestParameters(flops: middle, family: Self.family), flops: middle,
      family: Self.family)
  }

  /// The record that a run would have.
  func record(_ run: PlannedRun) throws -> SweepRecord {
    var record = try SweepRecord(run, plan, threads: 1)
    var stream = PhiloxStream(seed: UInt64(run.id, radix: 16)!, domain: 0x7E57, index: 0)
    record.status = .finished
    record.loss =
      truth.loss(parameters: Double(record.parameters), tokens: Double(record.tokens))
      * exp(noise * stream.normal())
    return record
  }

  /// The law of least squares, without the refits that only intervals need.
  static func fit(_ records: [SweepRecord]) -> PlanningLaw? {
    let rows = records.filter { $0.role.isFitted }.map { record in record.trainedRun { Double($0.parameters) } }
    guard let fit = try? LawFit(Chinchilla(), rows, objective: .squaredLog) else { return nil }
    let values = fit.values.map(\.value)
    return PlanningLaw(
      E: values[0], A: values[1], alpha: values[2], B: values[3], beta: values[4], isFitted: true)
  }

  /// Runs everything; `each` hears of every step.
  mutating func run(each: (SweepPlan.Step) throws -> Void = { _ in }) throws {
    while true {
      for run in SweepAgenda(plan, records).pending { records.append(try record(run)) }
      let step = try plan.advanced(records, fit: Self.fit)
      guard step.plan != plan else { return }
      try each(step)
      plan = step.plan
    }
  }

  var fitted: [SweepRecord] { records.filter { $0.role.isFitted } }
  var flops: Double { fitted.reduce(0) { $0 + $1.flops } }

  /// Var(ln N*) at the held-out budget that the fitted runs allow, under the true law.
  var variance: Double {
    get throws {
      let theta = Chinchilla().theta([truth.E, truth.A, truth.alpha, truth.B, truth.beta])
      let information = try DesignInformation(
        of: fitted.map { record in record.trainedRun { Double($0.parameters) } }, law: Chinchilla(),
        truth: theta,
        noise: noise)
      return pow(information.standardError(.lnOptimalParameters(flops: plan.settings.verificationFLOPs!)), 2)
    }
  }
}

@Suite(.timeLimit(.minutes(20))) struct PlacementTests {
  let family = SimulatedSweep.family

  func finished() throws -> SimulatedSweep {
    var sweep = try SimulatedSweep(offset: 1, adapts: false)
    for run in SweepAgenda(sweep.plan, []).pending { sweep.records.append(try sweep.record(run)) }
    return sweep
  }

  @Test func aGoodFitPlacesTheHeldOutRun() throws {
    let sweep = try finished()
    let fit = try #require(SimulatedSweep.fit(sweep.records))
    let step = try sweep.plan.advanced(sweep.records) { _ in fit }
    #expect(step.placement?.basis == .fit && step.placement?.doubt == nil)
    #expect(step.plan.law == fit)
  }

  @Test(arguments: [
    (\PlanningLaw.alpha, 1.5, "alpha"), (\.beta, 0.02, "beta"), (\.E, 1e-6, "floor"),
  ])
  func aParameterAtItsBoundIsDoubted(
    path: WritableKeyPath<PlanningLaw, Double> & Sendable, value: Double, name: String
  ) throws {
    let sweep = try finished()
    var fit = sweep.truth
    fit[keyPath: path] = value
    let placement = try #require(try sweep.plan.advanced(sweep.records) { _ in fit }.placement)
    #expect(placement.basis == .minima)
    #expect(placement.doubt?.contains(name) == true)
    // The minima lead to the true optimum.
    let best = placement.law.bestParameters(flops: 3.16e14, family: family)
    let wanted = sweep.truth.bestParameters(flops: 3.16e14, family: family)
    #expect(abs(log(best / wanted)) < log(1.5))
  }

  @Test func aKnownFloorMayBeLow() throws {
    var sweep = try finished()
    sweep.plan.corpus.entropyFloorBitsPerByte = 1e-6
    var fit = sweep.truth
    fit.E = sweep.plan.corpus.entropyFloorInNats!
    #expect(try Placement(sweep.plan, sweep.records, budget: 3.16e14, fit: fit).doubt == nil)
  }

  @Test(arguments: [1e-3, 0.1, 10, 1e3])
  func anOptimumFarFromTheMinimaIsDoubted(factor: Double) throws {
    let sweep = try finished()
    let best = sweep.truth.bestParameters(flops: 3.16e14, family: family)
    let fit = sweep.truth.moved(to: factor * best, flops: 3.16e14, family: family)
    let placement = try Placement(sweep.plan, sweep.records, budget: 3.16e14, fit: fit)
    #expect(placement.basis == .minima)
    #expect(placement.doubt?.contains(factor < 0.01 || factor > 100 ? "ladder" : "minima") == true)
  }

  @Test func withoutMinimaThePlanStays() throws {
    let sweep = try finished()
    let one = sweep.records.filter { $0.budget == 1e12 }
    let placement = try Placement(sweep.plan, one, budget: 3.16e12, fit: nil)
    #expect(placement.basis == .plan && placement.law == sweep.plan.law)
  }

  @Test func theHeldOutFileSaysWhatPlacedIt() throws {
    let sweep = try finished()
    let run = try #require(sweep.plan.runs.first { $0.role == .verification })
    let placement = try Placement(sweep.plan, sweep.records, budget: 3.16e14, fit: nil)
    var verification = try SweepVerification(run, sweep.plan, Array(sweep.records.prefix(4)), placement)
    #expect(verification.placedBy == "isoflop_minima" && verification.placedBecause == "the runs allow no fit")
    #expect(try SweepVerification(json: JSONNode(verification.json, place: "test")) == verification)
    guard case .object(var object) = verification.json else { return }
    (object["placed_by"], object["placed_because"]) = (nil, nil)
    (verification.placedBy, verification.placedBecause) = (nil, nil)
    #expect(try SweepVerification(json: JSONNode(.object(object), place: "test")) == verification)
  }

  @Test(arguments: [0.2, 1, 5])
  func aMovedLawHasItsOptimumThere(factor: Double) {
    let law = PlanningLaw.guess(vocabularySize: 257, bytesPerToken: 1, entropyFloorInNats: nil)
    let target = factor * law.bestParameters(flops: 1e13, family: family)
    let moved = law.moved(to: target, flops: 1e13, family: family)
    let best = moved.bestParameters(flops: 1e13, family: family)
    func cost(_ parameters: Double) -> Double { log(family.flopsPerToken(parameters: parameters)) }
    // The law is moved by the mean slope of ln f, from half to twice the target, and its optimum is where α·A·N^-α = β·φ·B·D^-β with φ the
    // slope on the spot: on the way from the target the sides' ratio changes by α·Δ ln N + β·Δ ln f, up to mean/φ. The search has 400 steps.
    let (low, high) = (family.clamped(target / 2), family.clamped(target * 2))
    let mean = (cost(high) - cost(low)) / log(high / low)
    let slopes = family.costSlopes(near: best)
    let way = law.alpha * log(best / target) + law.beta * (cost(best) - cost(target))
    let step = log(Double(family.members.last!.parameters) / Double(family.members[0].parameters)) / 400
    let room = 0.5 * step * (law.alpha + law.beta * slopes.upperBound)
    #expect(way >= log(mean / slopes.upperBound) - room && way <= log(mean / slopes.lowerBound) + room)
  }
}

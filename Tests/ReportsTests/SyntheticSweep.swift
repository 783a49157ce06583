import Foundation
import Insight
import Randomness
import ScalingLaws
import Storage
import TestSupport
import Training

@testable import Sweeps

/// A finished sweep that a known law has "run": its folder as the runner leaves it, without a training.
struct SyntheticSweep {
  /// E, A, α, B, β.
  static let truth = [0.4, 40.0, 0.38, 400.0, 0.42]
  static let noise = 0.003
  static let entropy = 0.4

  /// What the losses follow.
  var law = Self.truth
  var budgets = [1e11, 3.16e11, 1e12, 3.16e12]
  var sizes = 7
  var knowsEntropy = true
  var asksQuestions = true
  var isCalibrated = true
  /// Whether learning rates were tried.
  var triesRates = true
  /// The held-out run's loss over its true value; nil for no held-out run.
  var heldOut: Double? = 1
  /// Finished runs to keep; nil for all.
  var limit: Int?

  static func with<Result>(
    _ change: (inout SyntheticSweep) -> Void = { _ in }, _ body: (SweepFolder, URL) throws -> Result
  ) throws -> Result {
    try withTemporaryFolder { parent in
      var sweep = SyntheticSweep()
      change(&sweep)
      let folder = SweepFolder(parent.appending("tales & <more> \u{600}<script>\u{301}"))
      try sweep.write(to: folder)
      return try body(folder, parent)
    }
  }

  private func loss(_ parameters: Double, _ tokens: Double) -> Double {
    law[0] + law[1] * pow(parameters, -law[2]) + law[3] * pow(tokens, -law[4])
  }

  private func write(to folder: SweepFolder) throws {
    let family = try ModelFamily(context: 256, vocabularySize: 257)
    var plan = try plan()
    let planner = try SweepPlanner(plan)
    let rateRuns = triesRates ? try planner.rateRuns() : []
    func planned(_ role: RunRole, _ member: ModelFamily.Member, _ budget: Double, seed: Int) throws
      -> PlannedRun
    {
      let point = planner.point(member, budget: budget)
      return planner.run(role, point, try planner.configuration(point, seed: seed))
    }
    var stream = PhiloxStream(seed: 7, domain: 0x7E57, index: 0)
    var records: [SweepRecord] = []
    let law = PlanningLaw(
      E: Self.truth[0], A: Self.truth[1], alpha: Self.truth[2], B: Self.truth[3], beta: Self.truth[4],
      isFitted: true)
    for budget in budgets {
      let center = law.bestParameters(flops: budget, family: family)
      for (place, member) in family.members(around: center, span: 4, count: sizes).enumerated() {
        for seed in 1...(place == 0 ? 3 : 1) {
          let run = try planned(seed == 1 ? .grid : .noise, member, budget, seed: seed)
          plan.runs.append(run)
          records.append(record(member, run, budget, &stream))
        }
      }
    }
    if let limit { records = Array(records.prefix(limit)) }
    if let heldOut, limit == nil {
      let budget = 10 * budgets.last!
      let member = family.nearest(to: law.bestParameters(flops: budget, family: family))
      plan.runs.append(try planned(.verification, member, budget, seed: 1))
      var run = record(member, plan.runs.last!, budget, &stream)
      let predicted = loss(Double(run.parameters), Double(run.tokens))
      run.loss = predicted * heldOut
      records.append(run)
      let verification: JSONValue = [
        "id": .string(run.id), "model": .string(run.size.name), "params": .integer(run.parameters),
        "tokens": .integer(run.tokens), "flops": .number(run.flops), "extrapolation": 10, "fitted_runs": 36,
        "predicted": .number(predicted), "low": .number(predicted * 0.99), "high": .number(predicted * 1.01),
        "observed": .number(run.loss!),
      ]
      try folder.write(SweepVerification(json: JSONNode(verification, place: "fixture")))
    }
    for run in rateRuns where limit == nil {
      let rate = run.configuration.train.learningRate
      var trial = record(family.member(run.size)!, run, run.budget!, &stream)
      trial.learningRate = rate
      trial.loss! *= exp(0.02 * pow(log(rate / 0.012), 2))
      records.append(trial)
    }
    plan.runs += rateRuns
    try folder.write(plan)
    for record in records { try folder.append(record) }
    if isCalibrated { try AtomicFile.write(folder.file("calibration.json"), calibration(family)) }
  }

  private func plan() throws -> SweepPlan {
    var settings = SweepSettings(budgets: budgets, precision: .fp32)
    settings.sizesPerBudget = sizes
    settings.evaluationWindows = 512
    let corpus: JSONValue = [
      "path": "corpora/synthetic", "identity": "00", "vocabulary": 257, "training_tokens": 20_000_000,
      "validation_tokens": 400_000, "bytes_per_token": 1,
      "entropy_floor_bits_per_byte": knowsEntropy ? .number(Self.entropy / log(2)) : .null,
    ]
    return SweepPlan(
      settings: settings, corpus: try SweepCorpus(json: JSONNode(corpus, place: "fixture")),
      law: PlanningLaw.guess(vocabularySize: 257, bytesPerToken: 1, entropyFloorInNats: nil),
      phase: .verification)
  }

  private func record(
    _ member: ModelFamily.Member, _ planned: PlannedRun, _ budget: Double, _ stream: inout PhiloxStream
  ) -> SweepRecord {
    let batch = 2048
    let tokens = max(1, Int(budget / member.cost.exact) / batch) * batch
    let n = Double(member.parameters)
    let loss = loss(n, Double(tokens)) * exp(Self.noise * stream.normal())
    let cost = member.cost
    var run = SweepRecord(
      id: planned.id, role: planned.role, status: .finished, size: member.size,
      heads: member.size.heads, vocabulary: 257, context: 256, parameters: member.parameters,
      nonEmbeddingParameters: member.configuration.nonEmbeddingParameterCount,
      multipliedParameters: cost.multipliedParameters, tokens: tokens, uniqueTokens: min(tokens, 20_000_000),
      flops: cost.exact * Double(tokens), flopsFullAttention: cost.fullAttention * Double(tokens),
      flops6ND: cost.sixN * Double(tokens), budget: budget, loss: loss, lossStandardError: 0.002,
      bitsPerByte: loss / log(2), trainLoss: loss - 2e3 / Double(tokens), learningRate: 0.01,
      batchTokens: batch,
      warmupTokens: tokens / 20, schedule: "cosine", decayTokens: tokens - tokens / 20, seed: planned.seed,
      precision: "fp32", threads: 1, seconds: budget / 1e11)
    if asksQuestions {
      var score = QuestionScore()
      for question in 0..<64 {
        let chance = 0.25 + 0.7 / (1 + exp(6 * (loss - 0.9) + Double(question % 4)))
        score.add(difficulty: question % 4, isRight: Double(stream.below(1000)) < 1000 * chance, candidates: 4)
      }
      run.accuracy = score
    }
    return run
  }

  private func calibration(_ family: ModelFamily) -> String {
    let entries = family.members[2..<12].map { member -> JSONValue in
      let seconds = member.cost.exact / 1e11
      return [
        "model": .string(member.size.name), "batch": 8, "precision": "fp32", "cores": 2,
        "seconds_per_token_side_by_side": .number(seconds),
        "seconds_per_token_together": .number(0.6 * seconds),
      ]
    }
    return (["format": 1, "entries": .array(entries)] as JSONValue).prettyText
  }
}

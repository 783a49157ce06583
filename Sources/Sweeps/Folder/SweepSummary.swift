import ScalingLaws
import Storage
import Formatting

/// Where a sweep stands, for the end of `quill sweep run`.
package struct SweepSummary: Sendable {
  package let finished: Int
  package let diverged: Int
  package let failed: Int
  /// Runs of the plan without a record.
  package let pending: Int
  package let phase: SweepPlan.Phase
  package let seconds: Double
  /// The standard deviation of the loss between seeds, pooled over the points that were repeated; nil without any.
  package let noise: Double?
  /// The mean standard error of these points' losses from the choice of validation windows, most of which is common to all runs.
  package let evaluationError: Double?
  /// What the plan's user must know of what was measured.
  package let notices: [Notice]
  package let verification: SweepVerification?
  /// The path of `runs.csv`.
  package let table: String

  package init(_ folder: SweepFolder, seconds: Double) throws {
    let plan = try folder.plan()
    let records = try folder.records()
    let ended = Set(records.map(\.id))
    func count(_ status: RunStatus) -> Int { records.count { $0.status == status } }
    finished = count(.finished)
    diverged = count(.diverged)
    failed = count(.failed)
    pending = plan.runs.count { !ended.contains($0.id) }
    phase = plan.phase
    self.seconds = seconds
    verification = try folder.verification()
    table = folder.tablePath
    (noise, evaluationError) = Self.noise(records)
    notices = [Self.evaluationNoise(plan, noise, evaluationError)].compactMap { $0 }
  }

  /// Whether the runs' own error of evaluation is too large beside the scatter of seeds, and what would do.
  static func evaluationNoise(_ plan: SweepPlan, _ noise: Double?, _ error: Double?) -> Notice? {
    guard let noise, let error, noise > 0 else { return nil }
    let own = EvaluationNoise.ownPart(of: error)
    guard own > EvaluationNoise.largestShare * noise else { return nil }
    let settings = plan.settings
    let wanted = EvaluationNoise.windows(from: settings.evaluationWindows, ownPart: own, noise: noise)
    let available = EvaluationNoise.available(
      context: settings.context, validationTokens: plan.corpus.validationTokens)
    return Notice(
      .evaluationNoise,
      "\(settings.evaluationWindows) windows leave each run an error of its own of about \(Quantity.significant(own)) nats, above "
        + "a third of the scatter of seeds (\(Quantity.significant(noise))).",
      remedy: wanted <= available
        ? "Plan with \(Vocabulary.parameter("evaluationWindows", "\(wanted)"))."
        : "\(wanted) windows would do, but the validation split has \(available): pack the corpus with a larger one."
    )
  }

  private static func noise(_ records: [SweepRecord]) -> (Double?, Double?) {
    let finished = records.filter { $0.role.isFitted && $0.status == .finished }
    var (squares, degrees) = (0.0, 0)
    var errors: [Double] = []
    for size in Set(finished.filter { $0.role == .noise }.map(\.size)) {
      for tokens in Set(finished.filter { $0.role == .noise && $0.size == size }.map(\.tokens)) {
        let group = finished.filter { $0.size == size && $0.tokens == tokens }
        let losses = group.compactMap(\.loss)
        guard losses.count > 1 else { continue }
        let mean = losses.reduce(0, +) / Double(losses.count)
        squares += losses.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        degrees += losses.count - 1
        errors += group.compactMap(\.lossStandardError)
      }
    }
    guard degrees > 0 else { return (nil, nil) }
    let error = errors.isEmpty ? nil : errors.reduce(0, +) / Double(errors.count)
    return ((squares / Double(degrees)).squareRoot(), error)
  }
}

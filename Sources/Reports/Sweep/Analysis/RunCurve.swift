import ScalingLaws
import Storage
import Sweeps
import Training

/// A run's training loss against the compute spent, smoothed over a twentieth of the steps so far.
package struct RunCurve: Sendable {
  package let record: SweepRecord
  private let curve: Envelope.Curve

  /// Exact FLOPs, tokens, and nats per token.
  package var points: [(flops: Double, tokens: Double, loss: Double)] { curve.points }

  /// Nil where the run's folder holds no metrics of at least ten steps.
  ///
  /// - Throws: `QuillError` where the metrics are damaged.
  init?(_ record: SweepRecord, in folder: SweepFolder) throws {
    let path = FilePath.join(folder.runPath(record.id), MetricsFile.name)
    let flopsPerToken = record.flops / Double(record.tokens)
    var steps: [(flops: Double, tokens: Double, loss: Double)] = []
    for case .train(let step, let loss, _, _, _) in try MetricsFile.records(path) where loss.isFinite {
      let tokens = Double(step * record.batchTokens)
      steps.append((flopsPerToken * tokens, tokens, loss))
    }
    guard steps.count >= 10 else { return nil }
    self.record = record
    curve = Envelope.Curve(parameters: Double(record.parameters), smoothing: steps)
  }

  /// The curves of all runs but trials of learning rates, and how many runs' metrics are damaged.
  static func all(_ records: [SweepRecord], in folder: SweepFolder) -> (curves: [RunCurve], damaged: Int) {
    var (curves, damaged): ([RunCurve], Int) = ([], 0)
    for record in records where record.role != .rate {
      do {
        if let curve = try RunCurve(record, in: folder) { curves.append(curve) }
      } catch {
        damaged += 1
      }
    }
    return (curves, damaged)
  }
}

// MARK: Approach 1

extension RunCurve {
  /// The part whose every point is a run that might have ended there: the rule of which curves approach 1 may use.
  ///
  /// The learning rate is at its peak, after the warmup and before any decay, and the corpus has not repeated, so that a batch's
  /// loss is that of unseen text. That leaves trunks and warmup-stable-decay runs up to their decay. The middle of a cosine is no
  /// finished run: such runs, branches too, count by their final losses alone.
  ///
  /// - Returns: nil where fewer than two points remain, or the run is not one that laws are fitted to.
  var undecayed: Envelope.Curve? {
    undecayed(parameters: curve.parameters, flopsPerToken: record.flops / Double(record.tokens))
  }

  /// The same with N and C under other conventions.
  func undecayed(parameters: Double, flopsPerToken: Double) -> Envelope.Curve? {
    guard record.status == .finished, record.role.isFitted || record.role == .trunk,
      record.schedule == Schedule.Shape.constant.rawValue || record.schedule == Schedule.Shape.wsd.rawValue
    else { return nil }
    let last = min(record.tokens - record.decayTokens, record.uniqueTokens)
    let valid = points.filter { $0.tokens >= Double(record.warmupTokens) && $0.tokens <= Double(last) }
    guard valid.count >= 2 else { return nil }
    return Envelope.Curve(
      parameters: parameters, points: valid.map { ($0.tokens * flopsPerToken, $0.tokens, $0.loss) })
  }
}

extension SweepFolder {
  /// The curves that approach 1 may use, N and C by columns of `runs.csv`, and how many runs' metrics are damaged.
  ///
  /// - Throws: `QuillError` of kind `.badData` where the records are damaged.
  package func undecayedCurves(
    _ columns: RunColumns
  ) throws(QuillError) -> (curves: [Envelope.Curve], damaged: Int) {
    let (curves, damaged) = RunCurve.all(try records(), in: self)
    let undecayed = curves.compactMap { curve -> Envelope.Curve? in
      guard let parameters = curve.record.number(columns.parameters),
        let flops = curve.record.number(columns.flops)
      else { return nil }
      return curve.undecayed(parameters: parameters, flopsPerToken: flops / Double(curve.record.tokens))
    }
    return (undecayed, damaged)
  }
}

extension SweepRecord {
  /// The number in a column of the table; nil where there is none.
  fileprivate func number(_ column: String?) -> Double? {
    switch columns.first(where: { $0.name == column })?.value {
    case .integer(let value): Double(value)
    case .number(let value): value
    default: nil
    }
  }
}

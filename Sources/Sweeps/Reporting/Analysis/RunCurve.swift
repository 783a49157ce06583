import Foundation
import Storage
import Training

/// A run's training loss against the compute spent, smoothed over a twentieth of the steps so far.
///
/// The window grows with the step (Porian et al. 2024, arXiv:2406.19146), so that early descent is not washed out.
public struct RunCurve: Sendable {
  public struct Point: Sendable, Equatable {
    public var flops: Double
    /// Nats per token.
    public var loss: Double
  }

  public let record: SweepRecord
  public let points: [Point]

  private static let pointCount = 90
  private static let window = 0.05

  /// Nil where the run's folder holds no metrics of at least ten steps.
  ///
  /// - Throws: `QuillError` where the metrics are damaged.
  init?(_ record: SweepRecord, in folder: SweepFolder) throws {
    let path = FilePath.join(folder.runPath(record.id), MetricsFile.name)
    var losses: [(step: Int, loss: Double)] = []
    for case .train(let step, let loss, _, _, _) in try MetricsFile.records(path) where loss.isFinite {
      losses.append((step, loss))
    }
    guard losses.count >= 10 else { return nil }
    self.record = record
    let flopsPerStep = record.flops / Double(record.tokens) * Double(record.batchTokens)
    var sums = [0.0]
    for entry in losses { sums.append(sums[sums.count - 1] + entry.loss) }
    let last = log(Double(losses.count))
    var indices: [Int] = []
    for place in 0..<Self.pointCount {
      let index = Int(exp(last * Double(place + 1) / Double(Self.pointCount)).rounded()) - 1
      if index >= 4, index != indices.last { indices.append(index) }
    }
    points = indices.map { index in
      let reach = max(2, Int(Self.window * Double(index)))
      let range = max(0, index - reach)..<(index + 1)
      return Point(
        flops: Double(losses[index].step) * flopsPerStep,
        loss: (sums[range.upperBound] - sums[range.lowerBound]) / Double(range.count))
    }
  }
}

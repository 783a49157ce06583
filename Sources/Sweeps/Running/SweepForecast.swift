/// How much longer a sweep will take: the plan's estimate, corrected by how long the ended runs took.
struct SweepForecast {
  private let rows: [String: SweepEstimate.Row]
  private let estimate: SweepEstimate
  /// Predicted and real seconds of the runs that ended while this runner watched.
  private var predicted = 0.0
  private var observed = 0.0

  init(_ estimate: SweepEstimate) {
    self.estimate = estimate
    rows = Dictionary(estimate.rows.map { ($0.run.id, $0) }) { first, _ in first }
  }

  /// Threads that a run should have.
  func threads(_ id: String) -> Int { rows[id]?.threads ?? 1 }
  func seconds(_ id: String) -> Double { rows[id]?.seconds ?? 0 }

  mutating func ended(_ id: String, afterSeconds seconds: Double) {
    predicted += self.seconds(id)
    observed += seconds
  }

  /// Real over predicted time so far; 1 before anything is known.
  private var ratio: Double { predicted > 1 ? min(10, max(0.1, observed / predicted)) : 1 }

  /// - Parameter running: ids of the runs going on, and for how long.
  func remaining(ended: Set<String>, running: [String: Double]) -> Double {
    let open = estimate.rows.filter { !ended.contains($0.run.id) }
    let elapsed = running.reduce(0.0) { total, run in
      total + min(run.value / ratio, seconds(run.key)) * Double(min(threads(run.key), estimate.cores))
    }
    return max(0, ratio * (estimate.seconds(of: open) - elapsed / Double(estimate.cores)))
  }

  func fraction(ended: Set<String>) -> Double {
    let all = estimate.rows.reduce(0) { $0 + $1.ownFLOPs }
    let done = estimate.rows.filter { ended.contains($0.run.id) }.reduce(0) { $0 + $1.ownFLOPs }
    return all > 0 ? done / all : 1
  }
}

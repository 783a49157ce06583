import Dispatch
import Foundation
import Synchronization

/// Independent pieces of work on several threads; the result never depends on how many.
enum Parallel {
  /// `[body(0), body(1), …]`.
  static func map<Element: Sendable>(
    count: Int, threads: Int, _ body: @Sendable (Int) -> Element
  ) -> [Element] {
    let workers = max(1, min(threads, count))
    guard workers > 1 else { return (0..<count).map(body) }
    let next = Atomic(0)
    let parts = Mutex<[(Int, Element)]>([])
    DispatchQueue.concurrentPerform(iterations: workers) { _ in
      var mine: [(Int, Element)] = []
      while true {
        let index = next.add(1, ordering: .relaxed).oldValue
        if index >= count { break }
        mine.append((index, body(index)))
      }
      parts.withLock { $0 += mine }
    }
    return parts.withLock { $0 }.sorted { $0.0 < $1.0 }.map(\.1)
  }
}

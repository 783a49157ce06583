import CVector
import Glibc
import Synchronization

/// All threads of a pool at work on one thing at the same time, who may wait for each other.
///
///     pool.withTeam { member in
///       for panel in member.share(of: panelCount) { … }
///       member.meet()
///       …
///     }
///
/// A loop of its own for every product costs a decoder several microseconds each; a meeting costs a fraction of one.
package struct TeamMember {
  /// The member's number, in `0 ..< count`.
  package let index: Int
  /// How many there are: all threads of the pool, or one where the pool is busy with another's loop.
  package let count: Int
  fileprivate let meeting: Meeting?

  /// A team of the calling thread.
  package static var alone: TeamMember { TeamMember(index: 0, count: 1, meeting: nil) }

  /// Returns when all members have called it; what they wrote before is seen by all after.
  @inline(__always)
  package func meet() {
    meeting?.meet(count)
  }

  /// This member's part of `0 ..< total`: parts are neighbouring, and their sizes differ by one at most.
  @inline(__always)
  package func share(of total: Int) -> Range<Int> { index * total / count..<(index + 1) * total / count }
}

/// A place where threads wait for each other: a barrier that can be used again at once.
///
/// Waiting threads spin, then let others run: whoever is late may need their processor.
final class Meeting: Sendable {
  private let arrived = Atomic<Int>(0)
  /// Keeps the word that waiting threads watch in a cache line of its own.
  private let padding = InlineArray<14, Int>(repeating: 0)
  private let round = Atomic<Int>(0)
  private let spinCount: Int

  init(spins: Bool) { spinCount = spins ? 4_000 : 0 }

  func meet(_ count: Int) {
    let current = round.load(ordering: .relaxed)
    if arrived.wrappingAdd(1, ordering: .acquiringAndReleasing).newValue == count {
      arrived.store(0, ordering: .relaxed)
      round.store(current + 1, ordering: .releasing)
      return
    }
    var spins = 0
    while round.load(ordering: .acquiring) == current {
      spins += 1
      if spins < spinCount { quill_pause() } else { sched_yield() }
    }
  }
}

extension WorkerPool {
  /// Runs `body` once on every thread, the calling one included; returns when all are done. Where the pool is busy, the
  /// calling thread is a team of one.
  package func withTeam(_ body: (TeamMember) -> Void) {
    forEachThread { index, count in
      body(TeamMember(index: index, count: count, meeting: count > 1 ? meeting : nil))
    }
  }

  /// Runs `body(index, count)` for as many indices as there are threads, or for index 0 of 1 where the pool is busy. Each
  /// thread has one iteration as soon as they wait for each other: who has one takes no other before it returns.
  private func forEachThread(_ body: (_ index: Int, _ count: Int) -> Void) {
    guard threadCount > 1, claim.take() else { return body(0, 1) }
    run(threadCount) { index, _ in body(index, threadCount) }
    claim.release()
  }
}

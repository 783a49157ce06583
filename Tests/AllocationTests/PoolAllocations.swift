import AllocationCounter
import Compute
import Synchronization
import TestSupport

/// Counts the allocations of a pool's threads and of nothing else in the process.
struct PoolAllocations {
  private let pool: WorkerPool
  private let counts: Slab<Int>

  init(_ pool: WorkerPool) {
    self.pool = pool
    counts = Slab(count: pool.threadCount)
  }

  /// How often the pool's threads, the calling one among them, allocate while `work` runs.
  func count(_ work: () -> Void) -> Int {
    // Reading the counters is a loop of the pool, which may allocate as well, more so the first time.
    _ = difference {}
    let idle = difference {}
    return difference(work) - idle
  }

  private func difference(_ work: () -> Void) -> Int {
    let before = total()
    work()
    return total() - before
  }

  /// Every thread takes part, because none may leave before all have come.
  private func total() -> Int {
    let arrivals = Atomic<Int>(0)
    pool.forEach(pool.threadCount) { _, worker in
      counts.pointer[worker] = quill_allocation_count()
      arrivals.add(1, ordering: .sequentiallyConsistent)
      while arrivals.load(ordering: .sequentiallyConsistent) < pool.threadCount {}
    }
    return counts.values.reduce(0, +)
  }
}

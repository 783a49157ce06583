import Compute

/// A pool of a test: a system that refuses a few threads is no case of its own.
package func startedPool(threadCount: Int, pinsThreads: Bool = false) -> WorkerPool {
  try! WorkerPool(threadCount: threadCount, pinsThreads: pinsThreads)
}

/// A fixed set of threads that run the iterations of a loop.
///
/// Which thread runs which iteration is not determined; what each iteration computes must not depend on it.
public final class WorkerPool: @unchecked Sendable {
  public let threadCount: Int

  public init(threadCount: Int) {
    self.threadCount = max(1, threadCount)
  }

  /// Runs `body(iteration, worker)` once for every iteration in `0 ..< count`; returns when all are done.
  /// `worker` in `0 ..< threadCount` names the thread, for scratch memory.
  public func forEach(_ count: Int, _ body: (_ iteration: Int, _ worker: Int) -> Void) {
    for iteration in 0..<count { body(iteration, 0) }
  }
}

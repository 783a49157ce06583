import CVector
import Glibc
import Machine
import Storage
import Synchronization

// SAFETY: the threads share `Shared`, which lives until they are joined; the loop is written before `generation` is
// raised and read after.

/// A fixed set of threads that run the iterations of a loop.
///
///     pool.forEach(blocks.count) { block, worker in … }
///
/// Iterations are claimed one at a time, so which thread runs which is not determined; what each iteration
/// computes must depend on its number alone. The calling thread works too. Waiting threads spin briefly, then
/// sleep; they do not spin at all when there are more threads than the process may run at once, by its affinity and the
/// quota of its control group.
///
/// Several threads may use one pool: it runs one loop at a time, and whoever finds it busy runs the iterations alone.
package final class WorkerPool: @unchecked Sendable {
  package let threadCount: Int
  /// Whether a waiting thread watches for work before it sleeps.
  package let spins: Bool
  private let shared: Shared
  private var threads: [pthread_t] = []
  let claim = Claim()
  let meeting: Meeting

  /// - Parameter pinsThreads: binds every thread but the calling one to a processor of its own among those allowed, the
  ///   second onwards. The calling thread stays free, and so do those it starts; the system gives it the one left over.
  /// - Throws: `QuillError`: `.usage` for more threads than `threadLimit`, `.inputOutput` where the system refuses one; those
  ///   that had started have ended then.
  package convenience init(threadCount: Int, pinsThreads: Bool = false) throws(QuillError) {
    try self.init(threadCount: threadCount, pinsThreads: pinsThreads) { pthread_create($0, nil, $1, $2) }
  }

  typealias ThreadStart = (
    UnsafeMutablePointer<pthread_t>, @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer?,
    UnsafeMutableRawPointer
  ) -> Int32

  /// - Parameter create: `pthread_create` without attributes, or what a test puts in its place.
  init(threadCount: Int, pinsThreads: Bool, create: ThreadStart) throws(QuillError) {
    guard threadCount <= Self.threadLimit else {
      throw QuillError(
        .usage, at: "threads", "expected at most \(Self.threadLimit), found \(threadCount)",
        remedy: "This process may use \(Self.processorCount) processors; more threads than that gain nothing.")
    }
    self.threadCount = max(1, threadCount)
    spins = self.threadCount <= WorkerPool.processorCount
    meeting = Meeting(spins: spins)
    shared = Shared(helperCount: self.threadCount - 1, spins: spins, pins: pinsThreads)
    for worker in 1..<max(1, self.threadCount) {
      let start = Unmanaged.passRetained(Start(shared: shared, worker: worker))
      var thread = pthread_t()
      let status = create(
        &thread,
        { argument in
          let start = Unmanaged<Start>.fromOpaque(argument!).takeRetainedValue()
          if start.shared.pins { ProcessorAllowance.pinThread(toProcessorAt: start.worker) }
          start.shared.serve(worker: start.worker)
          return nil
        }, start.toOpaque())
      guard status == 0 else {
        start.release()
        // The threads that did start are stopped and joined by `deinit`, which runs for a whole object that throws.
        throw QuillError(
          .inputOutput, at: "threads",
          "the system refused to start thread \(worker + 1) of \(threadCount) (\(String(cString: strerror(status))))",
          remedy: "Ask for fewer threads, or raise the limit on processes (ulimit -u) or memory (ulimit -v).")
      }
      threads.append(thread)
    }
  }

  deinit {
    shared.stop()
    for thread in threads { pthread_join(thread, nil) }
  }

  /// The threads that this process may run at once.
  package static var processorCount: Int { ProcessorAllowance.count }

  /// The most threads that may be asked for, on any machine, so that a run folder or a job script made for a large machine
  /// can be read on a small one: as many as processors that an affinity is read for.
  package static let threadLimit = ProcessorAllowance.processorLimit

  /// Runs two independent loops as one: threads that find the first exhausted go on with the second.
  package func forEach(
    _ firstCount: Int, _ first: (Int, Int) -> Void, _ secondCount: Int, _ second: (Int, Int) -> Void
  ) {
    forEach(firstCount + secondCount) { iteration, worker in
      if iteration < firstCount { first(iteration, worker) } else { second(iteration - firstCount, worker) }
    }
  }

  /// Runs `body(iteration, worker)` once for every iteration in `0 ..< count`; returns when all are done.
  /// `worker` in `0 ..< threadCount` names the thread, for scratch memory: no two iterations of
  /// one loop have the same at the same time.
  package func forEach(_ count: Int, _ body: (_ iteration: Int, _ worker: Int) -> Void) {
    guard threadCount > 1, count > 1, claim.take() else {
      for iteration in 0..<max(0, count) { body(iteration, 0) }
      return
    }
    run(count, body)
    claim.release()
  }

  func run(_ count: Int, _ body: (Int, Int) -> Void) {
    shared.run(count: count, body: BorrowedLoopBody(body))
  }
}

/// Whether a pool runs a loop. It lies apart from what the waiting threads watch, which a write would take from them.
final class Claim: Sendable {
  private let isTaken = Atomic<Bool>(false)

  /// Whether the caller may run a loop now: nobody else does. It must `release` afterwards.
  func take() -> Bool { !isTaken.exchange(true, ordering: .acquiring) }

  func release() { isTaken.store(false, ordering: .releasing) }
}

private final class Start {
  let shared: Shared
  let worker: Int
  init(shared: Shared, worker: Int) {
    self.shared = shared
    self.worker = worker
  }
}

/// What the threads of a pool share: the current loop, and two meeting points.
private final class Shared: @unchecked Sendable {
  let pins: Bool
  private let helperCount: Int
  private let spinCount: Int

  // The current loop; written before `generation` is raised.
  private var body: BorrowedLoopBody?
  private var count = 0

  private let generation = Atomic<Int>(0)
  private let next = Atomic<Int>(0)
  private let unfinished = Atomic<Int>(0)
  private let isStopping = Atomic<Bool>(false)

  // Where threads sleep after spinning in vain.
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let started = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private let finished = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private let sleepers = Atomic<Int>(0)

  init(helperCount: Int, spins: Bool, pins: Bool) {
    self.helperCount = helperCount
    self.pins = pins
    spinCount = spins ? 4_000 : 0
    // Without attributes none of these can fail: nothing is allocated.
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(started, nil)
    pthread_cond_init(finished, nil)
  }

  deinit {
    pthread_mutex_destroy(mutex)
    pthread_cond_destroy(started)
    pthread_cond_destroy(finished)
    mutex.deallocate()
    started.deallocate()
    finished.deallocate()
  }

  func run(count: Int, body: BorrowedLoopBody) {
    self.body = body
    self.count = count
    next.store(0, ordering: .relaxed)
    unfinished.store(helperCount, ordering: .relaxed)
    generation.wrappingAdd(1, ordering: .sequentiallyConsistent)
    wakeSleepers()
    work(worker: 0)
    waitUntilFinished()
  }

  func stop() {
    isStopping.store(true, ordering: .relaxed)
    generation.wrappingAdd(1, ordering: .sequentiallyConsistent)
    wakeSleepers()
  }

  func serve(worker: Int) {
    var seen = 0
    while true {
      seen = waitForGeneration(after: seen)
      if isStopping.load(ordering: .relaxed) { return }
      work(worker: worker)
      if unfinished.wrappingSubtract(1, ordering: .sequentiallyConsistent).newValue == 0 {
        pthread_mutex_lock(mutex)
        pthread_cond_signal(finished)
        pthread_mutex_unlock(mutex)
      }
    }
  }

  private func work(worker: Int) {
    let body = body!
    while true {
      let iteration = next.wrappingAdd(1, ordering: .relaxed).oldValue
      if iteration >= count { return }
      body(iteration, worker)
    }
  }

  private func waitForGeneration(after seen: Int) -> Int {
    for _ in 0..<spinCount {
      let now = generation.load(ordering: .acquiring)
      if now != seen { return now }
      quill_pause()
    }
    sleepers.wrappingAdd(1, ordering: .sequentiallyConsistent)
    pthread_mutex_lock(mutex)
    var now = generation.load(ordering: .sequentiallyConsistent)
    while now == seen {
      pthread_cond_wait(started, mutex)
      now = generation.load(ordering: .sequentiallyConsistent)
    }
    pthread_mutex_unlock(mutex)
    sleepers.wrappingSubtract(1, ordering: .sequentiallyConsistent)
    return now
  }

  private func wakeSleepers() {
    guard sleepers.load(ordering: .sequentiallyConsistent) > 0 else { return }
    pthread_mutex_lock(mutex)
    pthread_cond_broadcast(started)
    pthread_mutex_unlock(mutex)
  }

  private func waitUntilFinished() {
    for _ in 0..<spinCount {
      if unfinished.load(ordering: .acquiring) == 0 { return }
      quill_pause()
    }
    pthread_mutex_lock(mutex)
    while unfinished.load(ordering: .sequentiallyConsistent) != 0 { pthread_cond_wait(finished, mutex) }
    pthread_mutex_unlock(mutex)
  }
}

/// The body of a loop, lent to other threads for as long as the call that received it lasts.
///
/// Swift lets a non-escaping closure be called, but not be kept where another thread finds it; `withoutActuallyEscaping`
/// does, at two allocations and 30 to 42 ns for every loop, about seventy in a training step. This takes none: decision 0013,
/// which has the measurement.
private struct BorrowedLoopBody: @unchecked Sendable {
  typealias Body = (_ iteration: Int, _ worker: Int) -> Void

  /// The two words that a non-escaping closure consists of. Nothing retains the context: it lies on the lender's stack.
  private var function: UnsafeRawPointer
  private var context: UnsafeRawPointer?

  /// - Precondition: nobody calls the result after the function whose parameter `body` is has returned.
  init(_ body: Body) {
    (function, context) = (UnsafeRawPointer(bitPattern: 1)!, nil)
    Self.lend.call(body, &self)
  }

  @inline(__always)
  func callAsFunction(_ iteration: Int, _ worker: Int) { Self.invoke.call(self, iteration, worker) }

  // SAFETY: a non-escaping closure is passed to a function as a function pointer and a context pointer, in the registers that
  // a structure of two pointers takes. So a function of the one can be called as a function of the other. The function
  // values stand in structures, because a bare one would be wrapped on its way through the generic `unsafeBitCast`.
  private static let lend = unsafeBitCast(
    FunctionOfWords { words, place in place = words }, to: FunctionOfBody.self)
  private static let invoke = unsafeBitCast(
    LoopOfBody { body, iteration, worker in body(iteration, worker) }, to: LoopOfWords.self)

  private struct FunctionOfBody: Sendable { let call: @Sendable (Body, inout BorrowedLoopBody) -> Void }
  private struct FunctionOfWords: Sendable {
    let call: @Sendable (BorrowedLoopBody, inout BorrowedLoopBody) -> Void
  }
  private struct LoopOfBody: Sendable { let call: @Sendable (Body, Int, Int) -> Void }
  private struct LoopOfWords: Sendable { let call: @Sendable (BorrowedLoopBody, Int, Int) -> Void }
}

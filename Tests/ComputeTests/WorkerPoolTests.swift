import Foundation
import Glibc
import Storage
import Synchronization
import TestSupport
import Testing

@testable import Compute

@Suite(.timeLimit(.minutes(20))) struct WorkerPoolTests {
  static let threadCounts = [1, 2, 3, 8]

  /// Runs a loop and counts how often each iteration ran, and on how many worker numbers out of range.
  static func visits(_ pool: WorkerPool, _ count: Int) -> (visits: [Int32], strangers: Int) {
    let visits = Slab<Int32>(count: count)
    // Each worker counts in a place of its own, without atomics: two threads with one number would lose counts.
    let shares = Slab<Int>(count: 64 * pool.threadCount)
    let strangers = Atomic<Int>(0)
    return withExtendedLifetime((visits, shares)) {
      pool.forEach(count) { iteration, worker in
        visits.pointer[iteration] += 1
        if worker < 0 || worker >= pool.threadCount {
          strangers.add(1, ordering: .relaxed)
        } else {
          shares.pointer[64 * worker] += 1
        }
      }
      let total = (0..<pool.threadCount).reduce(0) { $0 + shares.pointer[64 * $1] }
      #expect(total == count)
      return (Array(visits.buffer), strangers.load(ordering: .relaxed))
    }
  }

  @Test(arguments: threadCounts)
  func everyIterationRunsExactlyOnce(threadCount: Int) {
    let pool = startedPool(threadCount: threadCount)
    #expect(pool.threadCount == threadCount)
    for count in [0, 1, 2, 3, 7, 8, 9, 64, 1_000, 20_000, 1, 0] {
      let found = Self.visits(pool, count)
      #expect(firstDifference(found.visits, [Int32](repeating: 1, count: count)) == nil)
      #expect(found.strangers == 0)
    }
  }

  /// A loop has ended when `forEach` returns: what the iterations wrote is there, and the next loop sees it.
  @Test(arguments: [1, 2, 3])
  func tenThousandSmallLoopsFollowEachOther(threadCount: Int) {
    let pool = startedPool(threadCount: threadCount)
    let values = Slab<Int>(count: 3)
    withExtendedLifetime(values) {
      for round in 0..<10_000 {
        pool.forEach(3) { iteration, _ in values.pointer[iteration] += iteration + round }
        if values.pointer[2] - values.pointer[0] != 2 * (round + 1) {
          Issue.record("round \(round): \(values.pointer[0]), \(values.pointer[2])")
          return
        }
      }
      #expect(values.pointer[0] == 10_000 * 9_999 / 2)
    }
  }

  /// Both loops of the two-loop form, each iteration once, with the numbers of its own loop.
  @Test(arguments: [1, 2, 3, 8])
  func twoLoopsAsOneRunEveryIterationOfBoth(threadCount: Int) {
    let pool = startedPool(threadCount: threadCount)
    for (firstCount, secondCount) in [
      (0, 0), (1, 0), (0, 1), (1, 1), (7, 3), (3, 7), (500, 1), (1, 500), (300, 300),
    ] {
      let (first, second) = (Slab<Int32>(count: firstCount), Slab<Int32>(count: secondCount))
      let strangers = Atomic<Int>(0)
      func note(_ worker: Int) {
        if worker < 0 || worker >= threadCount { strangers.add(1, ordering: .relaxed) }
      }
      pool.forEach(
        firstCount,
        { iteration, worker in
          first.pointer[iteration] += 1
          note(worker)
        },
        secondCount,
        { iteration, worker in
          second.pointer[iteration] += 1
          note(worker)
        })
      let place = "\(firstCount) and \(secondCount)"
      #expect(firstDifference(first.values, [Int32](repeating: 1, count: firstCount)) == nil, "\(place)")
      #expect(firstDifference(second.values, [Int32](repeating: 1, count: secondCount)) == nil, "\(place)")
      #expect(strangers.load(ordering: .relaxed) == 0, "\(place)")
    }
  }

  /// Iterations are claimed in order, so one thread finishes the first loop before it begins the second.
  @Test func oneThreadRunsTheSecondLoopAfterTheFirst() {
    var order: [Int] = []
    startedPool(threadCount: 1).forEach(
      3,
      {
        order.append($0); _ = $1
      }, 2,
      {
        order.append(10 + $0); _ = $1
      })
    #expect(order == [0, 1, 2, 10, 11])
  }

  @Test func moreThreadsThanProcessorsDoNotSpin() {
    #expect(startedPool(threadCount: WorkerPool.processorCount).spins)
    let pool = startedPool(threadCount: WorkerPool.processorCount + 1)
    #expect(!pool.spins)
    #expect(Self.visits(pool, 100).strangers == 0)
  }

  @Test func pinnedThreadsRunEveryIterationToo() {
    let pool = startedPool(threadCount: 2 * WorkerPool.processorCount + 1, pinsThreads: true)
    for count in [1, 100, 10_000] {
      #expect(firstDifference(Self.visits(pool, count).visits, [Int32](repeating: 1, count: count)) == nil)
    }
    // The calling thread stays free.
    #expect(startedPool(threadCount: 1, pinsThreads: true).threadCount == 1)
  }

  @Test func loopsMayRunOtherPoolsAndFollowSlowOnes() {
    let outer = startedPool(threadCount: 2)
    let inner = (0..<2).map { _ in startedPool(threadCount: 2) }
    let sums = Slab<Int>(count: 8)
    withExtendedLifetime(sums) {
      outer.forEach(8) { iteration, worker in
        // Each outer worker has an inner pool of its own.
        let partial = Slab<Int>(count: 10)
        inner[worker].forEach(10) {
          partial.pointer[$0] = $0 * iteration; _ = $1
        }
        sums.pointer[iteration] = partial.buffer.reduce(0, +)
        _ = partial.count
      }
      #expect(Array(sums.buffer) == (0..<8).map { 45 * $0 })
    }
  }

  @Test func poolsComeAndGo() {
    for round in 0..<100 {
      let pool = startedPool(threadCount: 1 + round % 5)
      if round % 3 > 0 { #expect(Self.visits(pool, 5).visits == [1, 1, 1, 1, 1]) }
    }
  }

  @Test func aThreadThatCannotStartIsAnErrorAndThoseBeforeItEnd() throws {
    var started: [pthread_t] = []
    // SAFETY: the arguments are passed on as they came.
    let error = #expect(throws: QuillError.self) {
      _ = try WorkerPool(threadCount: 5, pinsThreads: false) { thread, body, argument in
        if started.count == 2 { return EAGAIN }
        let status = pthread_create(thread, nil, body, argument)
        started.append(thread.pointee)
        return status
      }
    }
    #expect(error?.kind == .inputOutput)
    #expect(error?.problem.hasPrefix("the system refused to start thread 4 of 5") == true)
    #expect(started.count == 2)
  }

  @Test func moreThreadsThanTheLimitAreRefusedBeforeOneStarts() throws {
    for count in [WorkerPool.threadLimit + 1, 100_000, Int.max] {
      let error = #expect(throws: QuillError.self) {
        _ = try WorkerPool(threadCount: count, pinsThreads: false) { _, _, _ in
          Issue.record("a thread was started")
          return EAGAIN
        }
      }
      #expect(error?.kind == .usage)
      #expect(error?.problem == "expected at most 1024, found \(count)")
    }
  }

  /// A loop that finds its pool busy runs by itself: every iteration once, in its own places.
  @Test(arguments: [2, 3])
  func twoThreadsMayUseOnePoolAtTheSameTime(threadCount: Int) {
    let pool = startedPool(threadCount: threadCount)
    let sums = Slab<Int>(count: 4)
    withExtendedLifetime(sums) {
      DispatchQueue.concurrentPerform(iterations: 4) { user in
        let values = Slab<Int>(count: 50)
        for round in 0..<2_000 {
          pool.forEach(50) { iteration, _ in values.pointer[iteration] += iteration + round }
        }
        sums.pointer[user] = values.buffer.reduce(0, +)
      }
      let expected = 2_000 * (49 * 50 / 2) + 50 * (1_999 * 2_000 / 2)
      #expect(Array(sums.buffer) == [Int](repeating: expected, count: 4))
    }
  }

  /// A loop within a loop of the same pool finds it busy too.
  @Test func aLoopMayRunAnotherOfItsOwnPool() {
    let pool = startedPool(threadCount: 3)
    let sums = Slab<Int>(count: 8)
    withExtendedLifetime(sums) {
      pool.forEach(8) { outer, _ in pool.forEach(10) { inner, _ in sums.pointer[outer] += inner } }
      #expect(Array(sums.buffer) == [Int](repeating: 45, count: 8))
    }
  }

  @Test func atLeastOneThreadAndOneProcessor() {
    #expect(startedPool(threadCount: 0).threadCount == 1)
    #expect(startedPool(threadCount: -3).threadCount == 1)
    #expect(WorkerPool.processorCount >= 1)
  }
}

import Compute
import Synchronization
import TestSupport
import Testing

/// Threads of a pool that work together and wait for one another.
@Suite(.timeLimit(.minutes(5))) struct TeamTests {
  /// What every member wrote before a meeting is seen by all after it, two hundred meetings in a row.
  @Test(arguments: [1, 2, 3, 8])
  func nobodyIsAheadOfAMeeting(threadCount: Int) {
    let pool = startedPool(threadCount: threadCount)
    let places = Slab<Int32>(count: 16 * threadCount)
    let wrong = Atomic<Int>(0)
    for _ in 0..<20 {
      pool.withTeam { member in
        for round in 1...200 {
          places.pointer[16 * member.index] = Int32(round)
          member.meet()
          for other in 0..<member.count where places.pointer[16 * other] != Int32(round) {
            wrong.wrappingAdd(1, ordering: .relaxed)
          }
          member.meet()
        }
      }
      places.zero()
    }
    #expect(wrong.load(ordering: .relaxed) == 0)
  }

  @Test(arguments: [1, 2, 5]) func everyThreadIsInTheTeamOnce(threadCount: Int) {
    let pool = startedPool(threadCount: threadCount)
    let counts = Slab<Int32>(count: threadCount)
    pool.withTeam { member in
      counts.pointer[member.index] += 1
      member.meet()
    }
    #expect(counts.values == Array(repeating: 1, count: threadCount))
  }

  /// Inside a loop of the pool, or beside another thread's, a team is the caller alone, and meetings do not wait.
  @Test func aBusyPoolGivesATeamOfOne() {
    let pool = startedPool(threadCount: 2)
    let sizes = Slab<Int32>(count: 2)
    pool.forEach(2) { iteration, _ in
      pool.withTeam { member in
        member.meet()
        sizes.pointer[iteration] = Int32(member.count)
      }
    }
    #expect(sizes.values == [1, 1])
  }

  @Test(arguments: 1...7, [0, 1, 6, 64, 100])
  func sharesCoverAllOnce(count: Int, total: Int) {
    let pool = startedPool(threadCount: count)
    let hits = Slab<Int32>(count: max(1, total))
    let sizes = Slab<Int32>(count: count)
    pool.withTeam { member in
      for index in member.share(of: total) { hits.pointer[index] += 1 }
      sizes.pointer[member.index] = Int32(member.share(of: total).count)
      member.meet()
    }
    #expect(hits.values.prefix(total).allSatisfy { $0 == 1 })
    #expect(sizes.values.max()! - sizes.values.min()! <= 1)
  }
}

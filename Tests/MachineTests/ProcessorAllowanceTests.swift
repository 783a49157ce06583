import Foundation
import TestSupport
import Testing

@testable import Machine

@Suite(.timeLimit(.minutes(20))) struct ProcessorAllowanceTests {
  @Test func theAffinityIsAscendingAndHoldsAProcessor() {
    let numbers = ProcessorAllowance.affinity
    #expect(!numbers.isEmpty)
    #expect(numbers == Set(numbers).sorted())
    #expect(ProcessorAllowance.count >= 1 && ProcessorAllowance.count <= numbers.count)
  }

  @Test(
    arguments: [
      (8, nil, 8), (8, 2, 2), (8, 2.5, 3), (8, 0.1, 1), (8, 8, 8), (2, 100, 2),
    ] as [(Int, Double?, Int)])
  func aQuotaLimitsTheThreads(processors: Int, quota: Double?, expected: Int) {
    #expect(ProcessorAllowance.count(of: processors, quota: quota) == expected)
  }

  /// In a thread of its own, which nobody else runs on afterwards.
  @Test func aPinnedThreadRunsWhereItWasBound() async {
    let isBound = await withCheckedContinuation { continuation in
      Thread.detachNewThread {
        var isBound = true
        for index in 0..<2 * ProcessorAllowance.affinity.count {
          let number = ProcessorAllowance.affinity[index % ProcessorAllowance.affinity.count]
          isBound = isBound && ProcessorAllowance.pinThread(toProcessorAt: index)
          let list = try? String(contentsOfFile: "/proc/thread-self/status", encoding: .utf8)
          isBound = isBound && list?.contains("Cpus_allowed_list:\t\(number)\n") == true
        }
        continuation.resume(returning: isBound)
      }
    }
    #expect(isBound)
  }
}

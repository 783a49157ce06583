import Foundation
import Machine
import Storage

/// Runs a reader on thousands of damaged inputs and says which cases went wrong.
///
///     QUILL_MUTATIONS=20000 swift test --filter MutationTests                     many
///     QUILL_TEST_SEED=9 QUILL_MUTATION=123 swift test --filter MutationTests      one again
///
/// A crash ends the process before anything can be said: the case that runs is written to `recordPath` first, and the file
/// stays behind.
package struct MutationCampaign {
  package let name: String
  package let seed: UInt64
  package let numbers: Range<Int>

  /// Processor seconds that one case may take. Readers take milliseconds; a machine that is busy with other things does not
  /// count.
  package static let secondsPerCase = 10.0
  /// Bytes by which the process's largest memory may grow over the campaign.
  package static let memoryLimit = 1 << 30
  /// Where this many have gone wrong, the rest is not tried.
  private static let largestFailureCount = 5

  package init(_ name: String) {
    let environment = ProcessInfo.processInfo.environment
    self.name = name
    seed = environment["QUILL_TEST_SEED"].flatMap(UInt64.init) ?? 9
    if let one = environment["QUILL_MUTATION"].flatMap(Int.init) {
      numbers = one..<(one + 1)
    } else {
      numbers = 0..<(environment["QUILL_MUTATIONS"].flatMap(Int.init) ?? 2_000)
    }
  }

  /// The file that holds the case that runs, in the folder that `QUILL_MUTATION_RECORDS` names, or among temporary files.
  package var recordPath: String {
    let folder =
      ProcessInfo.processInfo.environment["QUILL_MUTATION_RECORDS"]
      ?? FileManager.default.temporaryDirectory.path
    return "\(folder)/quill-mutation-\(name).txt"
  }

  package func replay(_ number: Int) -> String {
    "\(name): QUILL_TEST_SEED=\(seed) QUILL_MUTATION=\(number) swift test --skip-build --filter MutationTests"
  }

  /// What a campaign found.
  package struct Outcome {
    /// Cases that the reader accepted.
    package var acceptedCount = 0
    package var refusedCount = 0
    /// The failures in words, each with the command that replays it.
    package var failures: [String] = []
    /// Processor seconds of the slowest case.
    package var slowest = 0.0
    /// Bytes by which the largest memory of this process grew.
    package var memoryGrowth = 0
  }

  /// - Parameters:
  ///   - kinds: the kinds of `QuillError` that are right for bad input of this reader.
  ///   - body: reads the damaged input of a mutator and a number; another error than a `QuillError` of `kinds` is a failure.
  package func run(
    refusingWith kinds: Set<QuillError.Kind>, _ body: (_ mutator: inout Mutator, _ number: Int) throws -> Void
  ) throws -> Outcome {
    let record = open(recordPath, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
    defer {
      close(record)
      unlink(recordPath)
    }
    let memory = Self.residentBytes("VmRSS")
    var outcome = Outcome()
    for number in numbers {
      let line = Array("\(replay(number))\n".utf8)
      _ = line.withUnsafeBytes { pwrite(record, $0.baseAddress, $0.count, 0) }
      ftruncate(record, line.count)
      var mutator = Mutator(seed: seed, number: number)
      let start = Self.threadSeconds
      do {
        try body(&mutator, number)
        outcome.acceptedCount += 1
      } catch let error as QuillError where kinds.contains(error.kind) {
        outcome.refusedCount += 1
      } catch {
        outcome.failures.append("\(replay(number)): \(type(of: error)) \(error)")
      }
      let seconds = Self.threadSeconds - start
      outcome.slowest = max(outcome.slowest, seconds)
      if seconds > Self.secondsPerCase { outcome.failures.append("\(replay(number)): took \(seconds) s") }
      if outcome.failures.count >= Self.largestFailureCount { break }
    }
    outcome.memoryGrowth = max(0, Self.residentBytes("VmHWM") - memory)
    return outcome
  }

  /// Processor seconds of the calling thread so far.
  package static var threadSeconds: Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  /// A line of `/proc/self/status` in bytes; 0 where there is none.
  private static func residentBytes(_ field: String) -> Int {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix(field + ":") }
    return (line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) } ?? 0) << 10
  }
}

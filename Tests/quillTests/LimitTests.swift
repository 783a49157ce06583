import Foundation
import TestSupport
import Testing

/// Limits of the process that the program cannot work in: a sentence before its libraries start, exit code 69, no signal, no wait.
@Suite(.timeLimit(.minutes(20))) struct LimitTests {
  @Test(arguments: [
    ("ulimit -s 32", "the limit on the stack"), ("ulimit -s 64", "the limit on the stack"),
    ("ulimit -n 6", "fewer than 16 open files"), ("ulimit -n 10", "fewer than 16 open files"),
    ("export OPENBLAS_NUM_THREADS=1; ulimit -v 190000", "the limit on address space"),
    ("unset OPENBLAS_NUM_THREADS; ulimit -v 245000", "the limit on address space"),
  ])
  func aLimitTooLowIsASentence(limit: String, message: String) throws {
    let result = try run(limit)
    #expect(result.status == 69)
    #expect(result.output.hasPrefix("Error: "))
    #expect(result.output.contains(message))
    #expect(result.output.count { $0 == "\n" } == 1)
  }

  @Test(arguments: ["ulimit -s 256", "ulimit -n 16"])
  func theLeastThatIsAskedForStarts(limit: String) throws {
    #expect(try run(limit).status == 0)
  }

  private func run(_ limit: String) throws -> (status: Int32, output: String) {
    let command = "\(limit); exec '\(QuillProcess.program.path)' --version 2>&1"
    let run = try runProgram("bash", ["-c", command])
    let result = try #require(run)
    return (result.status, String(decoding: result.output, as: UTF8.self))
  }
}

import Foundation
import TestSupport
import Testing

@testable import Machine

@Suite(.timeLimit(.minutes(20))) struct ChildProcessTests {
  /// What a shell prints on its standard error.
  private func errors(
    of script: String, environment: [String: String]? = nil, folder: String? = nil
  ) throws -> String {
    try withTemporaryFolder { parent in
      let path = parent.appendingPathComponent("errors").path
      let file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
      defer { close(file) }
      let child = try ChildProcess.start(
        "/bin/sh", ["-c", script], environment: environment, folder: folder, error: file)
      #expect(child.wait(atMost: .seconds(60)) == .code(0))
      return try String(contentsOfFile: path, encoding: .utf8)
    }
  }

  @Test func aChildDiesOfABrokenPipeAlthoughItsParentDoesNot() throws {
    let before = signal(SIGPIPE, SIG_IGN)
    defer { signal(SIGPIPE, before) }
    // Bit 12 of the mask of ignored signals.
    let text = try errors(of: "grep SigIgn /proc/self/status >&2")
    let mask = try #require(
      UInt64(text.split(separator: "\t").last!.trimmingCharacters(in: .whitespacesAndNewlines), radix: 16))
    #expect(mask >> UInt64(SIGPIPE - 1) & 1 == 0)
  }

  @Test func aChildHasTheEnvironmentAndTheFolderItIsGiven() throws {
    try withTemporaryFolder { folder in
      let odd = folder.appendingPathComponent("a `touch PWNED` '; touch PWNED")
      try FileManager.default.createDirectory(at: odd, withIntermediateDirectories: false)
      let text = try errors(of: "pwd >&2; echo \"$A$HOME\" >&2", environment: ["A": "$(b)"], folder: odd.path)
      #expect(text == "\(odd.resolvingSymlinksInPath().path)\n$(b)\n")
      #expect(try FileManager.default.contentsOfDirectory(atPath: odd.path).isEmpty)
    }
  }

  @Test func aChildThatTakesTooLongIsKilledWithWhatItStarted() throws {
    let child = try ChildProcess.start("/bin/sh", ["-c", "sleep 600 & sleep 600"])
    #expect(child.wait(atMost: .milliseconds(200)) == .signal(SIGKILL))
  }

  @Test func aMissingProgramIsAnErrorWithAReason() {
    #expect(throws: ChildProcess.Failure(code: ENOENT)) { try ChildProcess.start("/nowhere/program", []) }
  }
}

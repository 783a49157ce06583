import Foundation
import TerminalSpawner

// SAFETY: descriptors and the process are this object's own; C strings live as long as the call that is given them.

/// The built program on a terminal of its own, as a person would use it.
///
///     let terminal = try PseudoTerminal(["repl", "run"], in: folder)
///     try terminal.send("Once\n", until: "> ")
///     #expect(terminal.finish() == 0)
final class PseudoTerminal {
  private let master: Int32
  private let process: pid_t
  private var bytes: [UInt8] = []
  /// The bytes before what is waited for: up to the end of what was found last.
  private var seen = 0
  private var status: Int32?

  struct Failure: Error {
    let what: String
  }

  /// - Parameter environment: beside the test's own.
  init(
    _ arguments: [String], in folder: URL, environment: [String: String] = [:], columns: Int32 = 100,
    rows: Int32 = 40
  ) throws {
    var variables = ProcessInfo.processInfo.environment
    variables["TERM"] = "xterm-256color"
    variables["XDG_STATE_HOME"] = folder.appending(path: "state").path
    variables["HOME"] = folder.path
    variables["NO_COLOR"] = nil
    variables.merge(environment) { $1 }
    var words = ([QuillProcess.program.path] + arguments).map { strdup($0) } + [nil]
    var pairs = variables.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for word in words + pairs { free(word) } }
    var master: Int32 = -1
    process = spawn_on_terminal(QuillProcess.program.path, &words, &pairs, folder.path, columns, rows, &master)
    self.master = master
    guard process > 0 else {
      throw Failure(what: "no program on a terminal: \(String(cString: strerror(errno)))")
    }
  }

  deinit {
    if status == nil, process > 0 {
      kill(process, SIGKILL)
      waitpid(process, nil, 0)
    }
    close(master)
  }

  /// Changes the size, of which the program is told.
  func resize(columns: Int32, rows: Int32) { resize_terminal(master, columns, rows) }

  func send(signal: Int32) { kill(process, signal) }

  /// All that the program has sent to the terminal.
  var output: String { String(decoding: bytes, as: UTF8.self) }

  /// Types, and waits for a text behind the one waited for last.
  ///
  /// - Returns: what the program sent up to the end of it.
  @discardableResult
  func send(_ text: String, until expected: String, seconds: Double = 30) throws -> String {
    let start = seen
    var rest = Array(text.utf8)[...]
    let deadline = Date.now.addingTimeInterval(seconds)
    while true {
      if rest.isEmpty, let end = end(of: expected) {
        seen = end
        return String(decoding: bytes[start..<end], as: UTF8.self)
      }
      var request = pollfd(fd: master, events: Int16(POLLIN) | (rest.isEmpty ? 0 : Int16(POLLOUT)), revents: 0)
      _ = poll(&request, 1, 100)
      let isOver = request.revents & Int16(POLLHUP) != 0 && request.revents & Int16(POLLIN) == 0
      guard Date.now < deadline, !isOver else {
        let sent = String(decoding: bytes[start...].suffix(3_000), as: UTF8.self)
        throw Failure(what: "'\(expected)' did not come; what came was \(sent.debugDescription)")
      }
      if request.revents & Int16(POLLIN) != 0 { receive() }
      if request.revents & Int16(POLLOUT) != 0 {
        let count = rest.prefix(512).withUnsafeBytes { write(master, $0.baseAddress, $0.count) }
        if count > 0 { rest = rest.dropFirst(count) }
      }
    }
  }

  /// Where a text ends that came after what was found last.
  private func end(of text: String) -> Int? {
    if text.isEmpty { return seen }
    return Data(bytes).range(of: Data(text.utf8), in: seen..<bytes.count)?.upperBound
  }

  private func receive() {
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    let count = read(master, &buffer, buffer.count)
    if count > 0 { bytes += buffer[..<count] }
  }

  /// Waits for the program's end.
  ///
  /// - Returns: its exit code; 128 + the number of the signal that ended it; nil where it does not end.
  func finish(seconds: Double = 30) -> Int32? {
    let deadline = Date.now.addingTimeInterval(seconds)
    while Date.now < deadline {
      var request = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
      if poll(&request, 1, 20) > 0, request.revents & Int16(POLLIN) != 0 { receive() }
      var code: Int32 = 0
      if waitpid(process, &code, WNOHANG) == process {
        status = code & 0x7F == 0 ? (code >> 8) & 0xFF : 128 + (code & 0x7F)
        return status
      }
    }
    return nil
  }
}

import Formatting
import Glibc

/// Unbuffered standard output or standard error: the one door through which the program writes to them.
///
/// Reporting never ends a job: what standard error does not take is lost and nothing else, so that a training run outlives its terminal, the
/// reader of its log and a full disk. Standard output carries results: where they cannot be delivered the program ends, as other tools do,
/// quietly where the reader has gone away (`quill sample … | head -1`), else with a sentence and exit code 74.
package enum StandardStream: Sendable {
  case output
  case error

  /// Makes the standard streams safe to write to; call once, before anything is opened.
  ///
  /// A broken pipe becomes an error of `write` instead of a signal. A stream that is closed (`2>&-`) is opened: the next file, a checkpoint
  /// say, would get its number and what is meant for the terminal. Standard error then goes nowhere; standard output refuses
  /// what is written to it.
  package static func prepare() {
    signal(SIGPIPE, SIG_IGN)
    for (descriptor, mode) in [
      (STDIN_FILENO, O_RDONLY), (STDOUT_FILENO, O_RDONLY), (STDERR_FILENO, O_WRONLY),
    ] where fcntl(descriptor, F_GETFD) < 0 && errno == EBADF {
      // The lowest free number is the closed one.
      guard open("/dev/null", mode) < 0 else { continue }
      StandardStream.error.write("Error: /dev/null: \(String(cString: strerror(errno)))\n")
      exit(ExitCode.inputOutput)
    }
  }

  /// Writes all of `text`.
  package func write(_ text: String) {
    var text = text
    text.withUTF8 { write(UnsafeRawBufferPointer($0)) }
  }

  /// Writes text that a file or a model holds: on a terminal with its control characters shown (``Escaped``), elsewhere, where text is
  /// data, byte for byte.
  ///
  /// - Parameter text: UTF-8 that ends where a character does.
  package func write(foreign text: [UInt8]) {
    if isTerminal { write(Escaped.lines(String(decoding: text, as: UTF8.self))) } else { write(text) }
  }

  package func write(foreign text: String) { write(foreign: Array(text.utf8)) }

  private var isTerminal: Bool { isatty(descriptor) == 1 }
  private var descriptor: Int32 { self == .output ? STDOUT_FILENO : STDERR_FILENO }

  package func write(_ bytes: [UInt8]) { bytes.withUnsafeBytes { write($0) } }

  private func write(_ bytes: UnsafeRawBufferPointer) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
      if count >= 0 {
        rest = rest.dropFirst(count)
        continue
      }
      switch errno {
      case EINTR: continue
      // Somebody made the stream non-blocking and it is full. Results wait; a report that nobody reads for a second is dropped.
      case EAGAIN: if Self.waitUntilWritable(descriptor, milliseconds: self == .output ? -1 : 1000) { continue }
      default: if self == .output { endProgram(errno) }
      }
      return
    }
  }

  private static func waitUntilWritable(_ descriptor: Int32, milliseconds: Int32) -> Bool {
    var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    let count = poll(&request, 1, milliseconds)
    return count > 0 || (count < 0 && errno == EINTR)
  }

  private func endProgram(_ code: Int32) -> Never {
    if code == EPIPE {
      // Die of the signal, so that the shell sees what it sees of any other program (141).
      signal(SIGPIPE, SIG_DFL)
      raise(SIGPIPE)
    }
    StandardStream.error.write("Error: standard output: \(String(cString: strerror(code)))\n")
    exit(ExitCode.inputOutput)
  }
}

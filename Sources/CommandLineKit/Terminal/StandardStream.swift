#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Unbuffered standard output or standard error that notices when nobody listens any more.
///
/// A reader that goes away (`quill sample … | head -1`) ends the program quietly, as a signal would; a standard
/// error that goes away is ignored, so that a training run outlives its terminal.
package enum StandardStream: Sendable {
  case output
  case error

  /// Lets `write` see a broken pipe instead of being killed by it; call once at the start of the program.
  package static func ignoreBrokenPipes() { signal(SIGPIPE, SIG_IGN) }

  /// Writes all of `text`.
  package func write(_ text: String) {
    var text = text
    text.withUTF8 { write(UnsafeRawBufferPointer($0)) }
  }

  package func write(_ bytes: [UInt8]) { bytes.withUnsafeBytes { write($0) } }

  private func write(_ bytes: UnsafeRawBufferPointer) {
    let descriptor = self == .output ? STDOUT_FILENO : STDERR_FILENO
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = systemWrite(descriptor, UnsafeRawBufferPointer(rebasing: rest))
      if count > 0 {
        rest = rest.dropFirst(count)
      } else if errno != EINTR && errno != EAGAIN {
        if self == .output { endProgram(errno) }
        return
      }
    }
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

private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
  write(descriptor, bytes.baseAddress, bytes.count)
}

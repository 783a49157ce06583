import Foundation
import Machine
import Storage

// SAFETY: `read` is given the buffer's own count.

/// Standard input byte by byte, for one who also wants to hear of Ctrl-C while waiting.
final class InputBytes {
  enum Event: Equatable {
    case byte(UInt8)
    case interruption
    /// The terminal has another size, or the program was continued.
    case terminalChange
    case end
  }

  private var buffer: [UInt8] = []
  private var next = 0

  /// Whether bytes have been read that nobody has asked for.
  var hasMore: Bool { next < buffer.count }

  /// The next byte, or what happened while waiting for it.
  ///
  /// - Throws: `.inputOutput` where standard input cannot be read.
  func take() throws(QuillError) -> Event {
    while true {
      if KeyboardInterrupt.ending != nil { return .end }
      if KeyboardInterrupt.take() { return .interruption }
      if KeyboardInterrupt.takeTerminalChange() { return .terminalChange }
      if next < buffer.count {
        next += 1
        return .byte(buffer[next - 1])
      }
      // A signal may come between the questions above and the waiting: it is heard a moment later.
      var request = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
      guard poll(&request, 1, 200) > 0 else { continue }
      var bytes = [UInt8](repeating: 0, count: 1 << 16)
      let count = read(STDIN_FILENO, &bytes, bytes.count)
      if count < 0, errno == EINTR || errno == EAGAIN { continue }
      guard count >= 0 else {
        throw QuillError(.inputOutput, at: "standard input", "cannot read: \(String(cString: strerror(errno)))")
      }
      if count == 0 { return .end }
      (buffer, next) = (Array(bytes[..<count]), 0)
    }
  }

  /// The next line without its end, as it comes.
  func line() throws(QuillError) -> EnteredLine {
    var line: [UInt8] = []
    while true {
      switch try take() {
      case .byte(UInt8(ascii: "\n")): return .text(line)
      case .byte(let byte): line.append(byte)
      case .interruption: return .interruption(droppedText: !line.isEmpty)
      case .terminalChange: continue
      case .end: return line.isEmpty ? .end : .text(line)
      }
    }
  }
}

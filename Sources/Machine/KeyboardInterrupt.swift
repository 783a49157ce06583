import Foundation
import Synchronization

// SAFETY: handlers touch atomics only, which is async-signal-safe, as `_exit` is.

/// Ctrl-C as a question that a program asks now and then, for programs that a person talks to.
///
///     KeyboardInterrupt.install()
///     while … { if KeyboardInterrupt.take() { break } }
///
/// A third Ctrl-C that nobody has asked for ends the process with 130: it does not answer any more. What waits for input is woken.
package enum KeyboardInterrupt {
  private static let count = Atomic<Int>(0)
  private static let changes = Atomic<Int>(0)

  /// Starts listening to SIGINT, and to a terminal that changes its size or comes back.
  package static func install() {
    for signal in [SIGINT, SIGWINCH, SIGCONT] {
      var action = sigaction()
      action.__sigaction_handler.sa_handler = { KeyboardInterrupt.handle($0) }
      // Without SA_RESTART: a read is to end.
      action.sa_flags = 0
      sigaction(signal, &action, nil)
    }
  }

  /// Whether Ctrl-C came since the last time that this was asked.
  package static func take() -> Bool { count.exchange(0, ordering: .relaxed) > 0 }

  /// Whether the terminal changed its size, or the program was continued, since the last time that this was asked.
  package static func takeTerminalChange() -> Bool { changes.exchange(0, ordering: .relaxed) > 0 }

  private static func handle(_ signal: Int32) {
    guard signal == SIGINT else {
      changes.wrappingAdd(1, ordering: .relaxed)
      return
    }
    if count.wrappingAdd(1, ordering: .relaxed).oldValue >= 2 { _exit(128 + signal) }
  }
}

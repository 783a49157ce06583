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
  private static let last = Atomic<Int32>(0)

  /// Starts listening to SIGINT, to a terminal that changes its size or comes back, and to what asks the program to end.
  package static func install() {
    for signal in [SIGINT, SIGWINCH, SIGCONT, SIGTERM, SIGHUP] {
      var action = sigaction()
      action.__sigaction_handler.sa_handler = { KeyboardInterrupt.handle($0) }
      // Without SA_RESTART: a read is to end.
      action.sa_flags = 0
      sigaction(signal, &action, nil)
    }
  }

  /// Whether Ctrl-C came since the last time that this was asked, or the program is to end.
  package static func take() -> Bool { count.exchange(0, ordering: .relaxed) > 0 || ending != nil }

  /// The signal that asks the program to end: SIGTERM, or SIGHUP of a terminal that is gone.
  package static var ending: Int32? {
    let signal = last.load(ordering: .relaxed)
    return signal == 0 ? nil : signal
  }

  /// Ends the program as the signal that asked for it would have.
  package static func end(by signal: Int32) {
    Foundation.signal(signal, SIG_DFL)
    raise(signal)
  }

  /// Whether the terminal changed its size, or the program was continued, since the last time that this was asked.
  package static func takeTerminalChange() -> Bool { changes.exchange(0, ordering: .relaxed) > 0 }

  private static func handle(_ signal: Int32) {
    if signal == SIGTERM || signal == SIGHUP {
      // Asked twice, it ends at once.
      if last.exchange(signal, ordering: .relaxed) != 0 { _exit(128 + signal) }
      return
    }
    guard signal == SIGINT else {
      changes.wrappingAdd(1, ordering: .relaxed)
      return
    }
    if count.wrappingAdd(1, ordering: .relaxed).oldValue >= 2 { _exit(128 + signal) }
  }
}

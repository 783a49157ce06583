import Foundation
import Synchronization

// SAFETY: a handler of C is one word, read only as a number.

/// Turns Ctrl-C, SIGTERM and the hang-up of a terminal into a wish that the training loop reads between steps.
///
///     TerminationSignals.install()
///     …
///     if let signal = TerminationSignals.received { save(); exit(128 + signal) }
///
/// A second signal ends the process at once with 128 + signal; atomic publishing keeps every checkpoint whole.
package enum TerminationSignals {
  private static let first = Atomic<Int32>(0)

  /// Starts listening to SIGINT, SIGTERM and, unless it is ignored (nohup), SIGHUP.
  package static func install() {
    var signals = sigset_t()
    sigemptyset(&signals)
    for signal in [SIGINT, SIGTERM, SIGHUP] where signal != SIGHUP || !isIgnored(signal) {
      sigaddset(&signals, signal)
      var action = sigaction()
      action.__sigaction_handler.sa_handler = { TerminationSignals.handle($0) }
      action.sa_flags = Int32(SA_RESTART)
      sigaction(signal, &action, nil)
    }
    // A parent's thread that blocks signals (those of Dispatch do) passes the mask on to its children.
    pthread_sigmask(SIG_UNBLOCK, &signals, nil)
  }

  private static func isIgnored(_ signal: Int32) -> Bool {
    var action = sigaction()
    sigaction(signal, nil, &action)
    // SIG_IGN is the address 1, which no function has.
    return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == 1
  }

  /// What to call a signal in a sentence.
  package static func name(_ signal: Int32) -> String {
    switch signal {
    case SIGINT: "Ctrl-C"
    case SIGTERM: "SIGTERM"
    case SIGHUP: "SIGHUP"
    default: "signal \(signal)"
    }
  }

  /// The first signal that came, if one did.
  package static var received: Int32? {
    let signal = first.load(ordering: .relaxed)
    return signal == 0 ? nil : signal
  }

  /// Runs inside a signal handler: an atomic exchange and `_exit`, both async-signal-safe.
  private static func handle(_ signal: Int32) {
    let (isFirst, _) = first.compareExchange(expected: 0, desired: signal, ordering: .relaxed)
    if !isFirst { _exit(128 + signal) }
  }
}

import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Lets a long job finish what it must before a signal ends the program.
///
///     Interruption.install()
///     while !done && Interruption.signal == nil { … }
///     if let code = Interruption.exitCode { throw ExitRequest(code) }
///
/// The first SIGINT, SIGTERM or SIGHUP is noted; a second one ends the program at once.
public enum Interruption {
  private static let received = Atomic<Int32>(0)

  /// Starts noting signals instead of dying of them.
  public static func install() {
    for number in [SIGINT, SIGTERM, SIGHUP] {
      Glibc.signal(number) { number in
        // Only async-signal-safe work here: an atomic exchange, and _exit(2).
        if Interruption.received.exchange(number, ordering: .relaxed) != 0 { _exit(128 + number) }
      }
    }
  }

  /// The signal that was received, or nil.
  public static var signal: Int32? {
    let number = received.load(ordering: .relaxed)
    return number == 0 ? nil : number
  }

  /// What the shell expects of a program that a signal ended: 130 for SIGINT, 143 for SIGTERM.
  public static var exitCode: Int32? { signal.map { 128 + $0 } }
}

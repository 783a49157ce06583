/// Starts runs, each beside this process.
package protocol RunLauncher {
  /// Starts run `id` on so many threads.
  func launch(_ id: String, threads: Int) throws -> any LaunchedRun
}

/// A run that goes on elsewhere.
package protocol LaunchedRun: AnyObject {
  /// How it ended; nil while it goes on.
  func poll() -> RunExit?
  /// Asks it to save and end.
  func terminate()
}

/// How a process that did a run ended.
package enum RunExit: Sendable, Equatable {
  /// With this code, and these last words on standard error.
  case code(Int32, message: String)
  /// Killed by this signal.
  case signal(Int32)

  /// Another process is doing the run (sysexits' EX_TEMPFAIL).
  package static let takenCode: Int32 = 75
}

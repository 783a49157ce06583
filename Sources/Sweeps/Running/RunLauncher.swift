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
  /// As it says itself.
  case reported(WorkerReport)
  /// With this code and no report.
  case silent(Int32)
  /// Somebody else has waited for it.
  case lost
  /// Killed by this signal.
  case signal(Int32)
}

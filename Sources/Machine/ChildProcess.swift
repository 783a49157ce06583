import Foundation

// SAFETY: `withCStrings` frees its copies after the call that borrows them; the kernel copies them before that.

/// A program started beside this one, with nothing inherited that it was not given: signals are as a fresh program has them,
/// standard input is empty, and no file stays open.
///
///     let child = try ChildProcess.start("/usr/bin/gnuplot", ["-d", "figure.gnuplot"], environment: [:], folder: private)
///     let ending = child.wait(atMost: .seconds(60))
package struct ChildProcess: Sendable {
  package let identifier: pid_t

  package enum Ending: Sendable, Equatable {
    case code(Int32)
    /// Killed by this signal.
    case signal(Int32)
    /// Somebody else has waited for it: how it ended is unknown.
    case lost
  }

  /// Why a program could not be started: the system's error number.
  package struct Failure: Error, Equatable {
    package let code: Int32
    package var message: String { String(cString: strerror(code)) }
  }

  /// Starts a program in a process group of its own, so that a Ctrl-C at the terminal reaches this program alone.
  ///
  /// - Parameters:
  ///   - program: its path; no search.
  ///   - environment: all of its environment; nil hands on this program's.
  ///   - folder: its working folder; nil stays here.
  ///   - output: an open file for standard output; nil throws it away.
  ///   - error: the same for standard error.
  package static func start(
    _ program: String, _ arguments: [String], environment: [String: String]? = nil, folder: String? = nil,
    output: Int32? = nil, error: Int32? = nil
  ) throws(Failure) -> ChildProcess {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    for (descriptor, own) in [(Int32(1), output), (2, error)] {
      if let own {
        posix_spawn_file_actions_adddup2(&actions, own, descriptor)
      } else {
        posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_WRONLY, 0)
      }
    }

    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    posix_spawnattr_setpgroup(&attributes, 0)
    // Ignored signals, SIGPIPE here, and blocked ones would be handed on otherwise.
    var (every, none) = (sigset_t(), sigset_t())
    sigfillset(&every)
    sigemptyset(&none)
    posix_spawnattr_setsigdefault(&attributes, &every)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))

    var process = pid_t()
    // posix_spawn changes folders only as an extension that not every system has; the shell gets words, not a text to read.
    let words =
      folder.map { ["/bin/sh", "-c", #"cd -- "$1" && shift && exec "$@""#, "sh", $0, program] + arguments }
      ?? [program] + arguments
    let status = withCStrings(words) { pointers in
      guard let environment else {
        return posix_spawn(&process, words[0], &actions, &attributes, pointers, environ)
      }
      return withCStrings(environment.map { "\($0)=\($1)" }.sorted()) {
        posix_spawn(&process, words[0], &actions, &attributes, pointers, $0)
      }
    }
    guard status == 0 else { throw Failure(code: status) }
    return ChildProcess(identifier: process)
  }

  /// How it ended; nil while it goes on. Once it has told, it must not be asked again.
  package func poll() -> Ending? {
    var status: Int32 = 0
    let result = waitpid(identifier, &status, WNOHANG)
    if result == 0 || (result < 0 && errno == EINTR) { return nil }
    if result < 0 { return .lost }
    return status & 0x7F == 0 ? .code((status >> 8) & 0xFF) : .signal(status & 0x7F)
  }

  package func send(_ signal: Int32) { kill(identifier, signal) }

  /// Waits for its end, and kills it where that takes longer than `limit`.
  package func wait(atMost limit: Duration) -> Ending {
    let end = ContinuousClock.now + limit
    var isKilled = false
    while true {
      if let ending = poll() { return ending }
      if !isKilled, ContinuousClock.now > end {
        // Its whole group: it may have started others.
        kill(-identifier, SIGKILL)
        isKilled = true
      }
      usleep(2000)
    }
  }
}

/// `strings` as C wants them: pointers, and a null at the end.
private func withCStrings<Result>(
  _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
) -> Result {
  let words = strings.map { strdup($0) }
  defer { for word in words { free(word) } }
  return body(words + [nil])
}

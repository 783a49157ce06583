import Foundation
import Storage

/// Starts runs as processes of a program, in process groups of their own: a Ctrl-C reaches the sweep alone, which then
/// asks them to save.
package struct ProcessLauncher: RunLauncher {
  package let program: String
  /// The arguments that do a run.
  package let arguments: @Sendable (_ id: String, _ threads: Int) -> [String]
  /// Where the standard error of a run goes.
  package let errorPath: @Sendable (_ id: String) -> String

  package init(
    program: String, arguments: @escaping @Sendable (_ id: String, _ threads: Int) -> [String],
    errorPath: @escaping @Sendable (_ id: String) -> String
  ) {
    (self.program, self.arguments, self.errorPath) = (program, arguments, errorPath)
  }

  package func launch(_ id: String, threads: Int) throws -> any LaunchedRun {
    let error = errorPath(id)
    let log = try AppendingFile(error, emptied: true)
    defer { withExtendedLifetime(log) {} }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, log.descriptor, 2)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))

    let words = [program] + arguments(id, threads)
    var argv = words.map { strdup($0) } + [nil]
    defer { for word in argv { free(word) } }
    var process = pid_t()
    let status = posix_spawn(&process, program, &actions, &attributes, &argv, environ)
    guard status == 0 else {
      throw QuillError(
        .inputOutput, at: program, "cannot start a process: \(String(cString: strerror(status)))")
    }
    return Child(process: process, errorPath: error)
  }

  private final class Child: LaunchedRun {
    let process: pid_t
    let errorPath: String
    private var exit: RunExit?

    init(process: pid_t, errorPath: String) {
      self.process = process
      self.errorPath = errorPath
    }

    func poll() -> RunExit? {
      if let exit { return exit }
      var status: Int32 = 0
      let result = waitpid(process, &status, WNOHANG)
      guard result != 0 else { return nil }
      if result < 0 {
        if errno == EINTR { return nil }
        exit = .code(70, message: "the process \(process) is lost")
      } else if status & 0x7F == 0 {
        exit = .code((status >> 8) & 0xFF, message: lastWords)
      } else {
        exit = .signal(status & 0x7F)
      }
      return exit
    }

    func terminate() { if exit == nil { kill(process, SIGTERM) } }

    /// The last line on standard error.
    private var lastWords: String {
      let text = try? MappedFile.withBytes(of: errorPath) {
        String(decoding: $0.suffix(1 << 16), as: UTF8.self)
      }
      return text?.split(separator: "\n").last.map(String.init) ?? ""
    }
  }
}

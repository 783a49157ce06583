import Foundation
import Machine
import Storage

/// Starts runs as processes of a program, in process groups of their own: a Ctrl-C reaches the sweep alone, which then
/// asks them to save.
package struct ProcessLauncher: RunLauncher {
  package let program: String
  /// The arguments that do a run, and print a ``WorkerReport``.
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
    let path = errorPath(id)
    try FilePath.createFolder(FilePath.parent(of: path))
    let log = try AppendingFile(path, emptied: true)
    defer { withExtendedLifetime(log) {} }
    let pipe = Pipe()
    guard pipe.fileHandleForWriting.fileDescriptor >= 0 else {
      throw QuillError(
        .inputOutput, at: path, "cannot make a pipe: too many files are open",
        remedy: "Raise the limit: ulimit -n 1024.")
    }
    defer { try? pipe.fileHandleForWriting.close() }
    do throws(ChildProcess.Failure) {
      let process = try ChildProcess.start(
        program, arguments(id, threads), output: pipe.fileHandleForWriting.fileDescriptor,
        error: log.descriptor)
      return Child(process: process, report: pipe.fileHandleForReading)
    } catch {
      throw QuillError(.inputOutput, at: program, "cannot start a process: \(error.message)")
    }
  }

  private final class Child: LaunchedRun {
    let process: ChildProcess
    /// The reading end of its standard output: a report is one line, which a pipe holds until the process has ended.
    let report: FileHandle
    private var exit: RunExit?

    init(process: ChildProcess, report: FileHandle) {
      self.process = process
      self.report = report
    }

    func poll() -> RunExit? {
      if let exit { return exit }
      guard let ending = process.poll() else { return nil }
      exit =
        switch ending {
        case .signal(let signal): .signal(signal)
        case .code(let code): read().map { .reported($0) } ?? .silent(code)
        case .lost: read().map { .reported($0) } ?? .lost
        }
      return exit
    }

    func terminate() { if exit == nil { process.send(SIGTERM) } }

    private func read() -> WorkerReport? {
      guard let bytes = try? report.readToEnd(),
        let value = try? JSONValue.parse(Array(bytes), place: "the report of a run")
      else { return nil }
      return try? WorkerReport(json: JSONNode(value, place: "the report of a run"))
    }
  }
}

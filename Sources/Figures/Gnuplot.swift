import Foundation
import Machine
import Storage

/// The program that draws Quill's figures.
///
/// It runs in a fresh private folder, on a script and data of fixed names, with an environment of its own and without the user's
/// settings; only the files that it is known to draw come back.
enum Gnuplot {
  /// How long a figure may take.
  static let limit = Duration.seconds(60)

  /// Runs a script.
  ///
  /// - Parameters:
  ///   - data: the name by which the script knows its data, and their text.
  ///   - results: the files that the script draws.
  /// - Returns: the bytes of the results.
  /// - Throws: `DrawingFailure`; `QuillError` where there is no room for the private folder.
  static func run(
    _ script: String, named name: String, data: (name: String, text: String), results: [String]
  ) throws -> [[UInt8]] {
    guard let program = find() else {
      throw DrawingFailure(
        problem: "gnuplot is not installed", remedy: "Install it with 'apt install gnuplot-nox'.")
    }
    let folder = try privateFolder()
    defer { try? FilePath.remove(folder) }
    try AtomicFile.write(FilePath.join(folder, name), script)
    try AtomicFile.write(FilePath.join(folder, data.name), data.text)
    let child: ChildProcess
    do throws(ChildProcess.Failure) {
      child = try ChildProcess.start(
        program, ["-d", name],
        environment: ["HOME": folder, "LC_ALL": "C.UTF-8", "PATH": "/usr/local/bin:/usr/bin:/bin"],
        folder: folder)
    } catch {
      throw DrawingFailure(problem: "gnuplot cannot be started: \(error.message)")
    }
    switch child.wait(atMost: limit) {
    case .code(0): break
    case .code(let code): throw DrawingFailure(problem: "gnuplot failed with status \(code)")
    case .signal(SIGKILL): throw DrawingFailure(problem: "gnuplot took longer than \(limit), and was ended")
    case .signal(let signal): throw DrawingFailure(problem: "gnuplot ended with signal \(signal)")
    case .lost: throw DrawingFailure(problem: "gnuplot's process is lost")
    }
    return try results.map { result in
      try MappedFile.withBytes(of: FilePath.join(folder, result)) { Array($0) }
    }
  }

  private static func privateFolder() throws(QuillError) -> String {
    let parent =
      ProcessInfo.processInfo.environment["TMPDIR"].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? "/tmp"
    var template = Array(FilePath.join(parent, "quill-figure-XXXXXX").utf8CString)
    guard mkdtemp(&template) != nil else {
      throw QuillError(
        .inputOutput, at: parent, "cannot make a folder: \(String(cString: strerror(errno)))",
        remedy: "Set TMPDIR to a folder that can be written.")
    }
    return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// The first gnuplot on the path; what lies in the working folder is a stranger's and does not count.
  private static func find() -> String? {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    return path.split(separator: ":").lazy.filter { $0.hasPrefix("/") }.map { "\($0)/gnuplot" }
      .first { FilePath.isRegularFile($0) && access($0, X_OK) == 0 }
  }
}

/// Why a figure was not drawn although its data are there.
package struct DrawingFailure: Error {
  package let problem: String
  package var remedy = ""
}

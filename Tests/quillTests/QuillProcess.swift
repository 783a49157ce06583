import Foundation
import TestSupport

/// One run of the built program.
struct QuillProcess {
  /// The exit code; 128 + the number of the signal that ended it.
  let exitCode: Int32
  let output: String
  let error: String

  /// The JSON object on standard output.
  var json: [String: Any] {
    get throws {
      let object = try JSONSerialization.jsonObject(with: Data(output.utf8))
      guard let members = object as? [String: Any] else { throw NotAnObject(output: output) }
      return members
    }
  }

  struct NotAnObject: Error {
    let output: String
  }

  /// `quill` beside the test program.
  static let program = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
    .deletingLastPathComponent().appending(path: "quill")

  /// Runs `quill` in `folder` to its end.
  static func run(_ arguments: [String], in folder: URL, input: String = "") throws -> QuillProcess {
    try start(arguments, in: folder, input: input).finish()
  }

  /// Runs `quill` without a folder of its own, for command lines that touch no files.
  static func run(_ arguments: [String], input: String = "") throws -> QuillProcess {
    try withTemporaryFolder { try run(arguments, in: $0, input: input) }
  }

  /// A run that goes on.
  struct Running {
    let process: Process
    private let output: URL
    private let error: URL

    fileprivate init(_ arguments: [String], in folder: URL, input: String) throws {
      // Streams are files, so that no pipe can fill up and stall the program.
      let stem = folder.appending(path: ".stream-\(UUID().uuidString)").path
      output = URL(filePath: stem + ".out")
      error = URL(filePath: stem + ".err")
      let inputFile = URL(filePath: stem + ".in")
      try Data(input.utf8).write(to: inputFile)
      for file in [output, error] { try Data().write(to: file) }
      process = Process()
      process.executableURL = QuillProcess.program
      process.arguments = arguments
      process.currentDirectoryURL = folder
      process.standardInput = try FileHandle(forReadingFrom: inputFile)
      process.standardOutput = try FileHandle(forWritingTo: output)
      process.standardError = try FileHandle(forWritingTo: error)
      try process.run()
    }

    /// What it has written to standard error so far.
    var errorSoFar: String { (try? String(contentsOf: error, encoding: .utf8)) ?? "" }

    func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

    func finish() throws -> QuillProcess {
      process.waitUntilExit()
      let status = process.terminationStatus
      return QuillProcess(
        exitCode: process.terminationReason == .uncaughtSignal ? 128 + status : status,
        output: String(decoding: try Data(contentsOf: output), as: UTF8.self),
        error: String(decoding: try Data(contentsOf: error), as: UTF8.self))
    }
  }

  static func start(_ arguments: [String], in folder: URL, input: String = "") throws -> Running {
    try Running(arguments, in: folder, input: input)
  }
}

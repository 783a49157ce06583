import Foundation
import Testing

/// A tiny corpus of tales, its tokenizer and a model trained on it for seconds: made once, by the commands under
/// test, and shared by the tests that only read it.
struct TinyRun {
  static let shared = Result { try TinyRun() }

  let folder: URL
  /// What `quill train --json` printed.
  let training: QuillProcess

  /// Small enough for a second of training in a debug build.
  static let settings = [
    "layers=1", "width=32", "heads=2", "context=32", "batch=8", "steps=24", "eval_every=8", "threads=1",
  ].flatMap { ["--set", $0] }

  private init() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "quill-tiny-run-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    Self.removeAtExit(folder)
    var last: QuillProcess?
    for arguments in [
      ["corpus", "tales", "--bytes", "200kB", "--seed", "3", "--output", "tales.txt"],
      ["tokenizer", "train", "tales.txt", "--vocab-size", "320", "--output", "tales.json"],
      ["corpus", "pack", "tales.txt", "--tokenizer", "tales.json", "--output", "tales"],
      ["train", "--corpus", "tales", "--output", "run", "--json"] + Self.settings,
    ] {
      let result = try QuillProcess.run(arguments, in: folder)
      guard result.exitCode == 0 else { throw Failure(arguments: arguments, result: result) }
      last = result
    }
    self.folder = folder
    training = last!
  }

  struct Failure: Error {
    let arguments: [String]
    let result: QuillProcess
  }

  func quill(_ arguments: String..., input: String = "") throws -> QuillProcess {
    try quill(arguments, input: input)
  }

  func quill(_ arguments: [String], input: String = "") throws -> QuillProcess {
    try QuillProcess.run(arguments, in: folder, input: input)
  }

  /// A fresh copy of everything, for a test that changes it.
  func withCopy<Value>(_ body: (TinyRun, URL) throws -> Value) throws -> Value {
    let copy = FileManager.default.temporaryDirectory.appending(path: "quill-copy-\(UUID().uuidString)")
    try FileManager.default.copyItem(at: folder, to: copy)
    defer { try? FileManager.default.removeItem(at: copy) }
    return try body(TinyRun(folder: copy, training: training), copy)
  }

  private init(folder: URL, training: QuillProcess) {
    self.folder = folder
    self.training = training
  }

  private static func removeAtExit(_ folder: URL) {
    leftovers = folder
    atexit { if let folder = TinyRun.leftovers { try? FileManager.default.removeItem(at: folder) } }
  }

  private nonisolated(unsafe) static var leftovers: URL?
}

/// The files below `folder` whose relative path ends with `ending`, in order.
func files(in folder: URL, endingWith ending: String) throws -> [URL] {
  let paths = try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted()
  return paths.filter { $0.hasSuffix(ending) }.map { folder.appending(path: $0) }
}

/// Every file below `folder` with its bytes; to show that a failed command changed nothing.
func contents(of folder: URL) throws -> [String: Data] {
  var result: [String: Data] = [:]
  for path in try FileManager.default.subpathsOfDirectory(atPath: folder.path) where !path.contains(".stream-")
  {
    if let data = try? Data(contentsOf: folder.appending(path: path)) { result[path] = data }
  }
  return result
}

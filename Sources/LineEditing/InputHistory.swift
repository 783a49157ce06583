import Foundation
import Storage

/// What was entered in earlier runs and in this one: `~/.local/state/quill/history`.
///
/// A file of one entry a line, the newest last, with `\n` for a line end inside an entry and `\\` for a backslash; only its owner may
/// read it. Several programs may share it: each adds what it was given to what it finds.
package struct InputHistory: Sendable {
  /// The entries kept.
  package static let largestCount = 1_000
  /// A longer entry is not remembered.
  package static let longestEntry = 10_000
  /// A larger file is none of ours.
  private static let largestByteCount = 16 << 20

  package let path: String?
  package private(set) var entries: [String] = []
  /// How many of `entries` are new.
  private var newCount = 0

  /// - Parameter path: nil keeps nothing across runs.
  package init(path: String?) { self.path = path }

  /// Where the XDG base directory specification has it; nil without a home.
  package static func usualPath(_ environment: [String: String] = ProcessInfo.processInfo.environment)
    -> String?
  {
    // The specification: a relative path is to be ignored.
    func absolute(_ name: String) -> String? { environment[name].flatMap { $0.hasPrefix("/") ? $0 : nil } }
    let state = absolute("XDG_STATE_HOME") ?? absolute("HOME").map { FilePath.join($0, ".local/state") }
    return state.map { FilePath.join($0, "quill/history") }
  }

  /// Reads the entries of earlier runs.
  ///
  /// - Throws: `QuillError` where there is a file that cannot be read.
  package mutating func load() throws(QuillError) {
    entries = try stored() + entries.suffix(newCount)
  }

  private func stored() throws(QuillError) -> [String] {
    guard let path, FilePath.exists(path) else { return [] }
    guard try FilePath.byteCount(of: path) <= Self.largestByteCount else {
      throw QuillError(.badData, at: path, "the file is too large for a history", remedy: "Remove it.")
    }
    let text = try MappedFile.withBytes(of: path) { String(decoding: $0, as: UTF8.self) }
    return text.split(separator: "\n").suffix(Self.largestCount).map { Self.unescaped($0) }
  }

  /// Remembers an entry, unless it is empty, very long or the same as the last.
  package mutating func add(_ entry: String) {
    guard !entry.isEmpty, entry.utf8.count <= Self.longestEntry, entry != entries.last else { return }
    entries.append(entry)
    newCount += 1
  }

  /// Adds what is new to the file.
  ///
  /// - Throws: `QuillError` where it cannot be written.
  package mutating func save() throws(QuillError) {
    guard let path, newCount > 0 else { return }
    try FilePath.createFolder(FilePath.parent(of: path))
    let all = (try stored() + entries.suffix(newCount)).suffix(Self.largestCount)
    try AtomicFile.write(privately: path, all.map { Self.escaped($0) + "\n" }.joined())
    newCount = 0
  }

  private static func escaped(_ entry: String) -> String {
    entry.replacing("\\", with: "\\\\").replacing("\n", with: "\\n")
  }

  private static func unescaped(_ line: Substring) -> String {
    var result = ""
    var isEscaped = false
    for scalar in line.unicodeScalars {
      if isEscaped {
        result.unicodeScalars.append(scalar == "n" ? "\n" : scalar)
        isEscaped = false
      } else if scalar == "\\" {
        isEscaped = true
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}

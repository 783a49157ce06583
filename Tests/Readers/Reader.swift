import Foundation
import Storage

/// One of the ten readers of files that may come from anywhere, with a sound example for tests to damage.
package struct Reader: Sendable, CustomStringConvertible {
  package let name: String
  /// The kinds of error with which this reader refuses bad input.
  package let kinds: Set<QuillError.Kind>
  /// Writes a sound example into an empty folder and returns the files in it that a stranger may have written.
  package let makeExample: @Sendable (_ folder: URL) throws -> [String]
  /// Reads the example, as the program would.
  package let read: @Sendable (_ folder: URL) throws -> Void
  /// Does with what was read what it is read for, and leaves the example as it was.
  package var goOn: @Sendable (_ folder: URL) throws -> Void = { _ in }

  package var description: String { name }

  package static let all: [Reader] = [
    tokenizer, safetensors, modelConfiguration, configuration, corpus, suffixIndex, resumeState, conversation,
    sweep,
    table,
  ]

  package static func named(_ name: String) -> Reader? { all.first { $0.name == name } }
}

/// A sound example of a reader, one file of which is damaged at a time.
package struct ReaderExample {
  package let reader: Reader
  package let folder: URL
  package let files: [(name: String, content: [UInt8])]
  /// `manifest.sha256` of the folder of each file that has one, to be mended, so that damage passes the check of hashes.
  private let manifests: [String: [UInt8]]

  package init(_ reader: Reader, in folder: URL) throws {
    self.reader = reader
    self.folder = folder
    let names = try reader.makeExample(folder)
    files = try names.map { (name: $0, content: try Self.content(folder, $0)) }
    var manifests: [String: [UInt8]] = [:]
    for name in names {
      guard let path = Self.manifestPath(of: name, in: folder) else { continue }
      manifests[name] = try Self.content(folder, path)
    }
    self.manifests = manifests
    try reader.read(folder)
  }

  /// Reads the example with one file's content replaced, and goes on where asked to, then puts it back.
  package func read(replacing index: Int, by content: [UInt8], goingOn: Bool = false) throws {
    let (name, original) = files[index]
    try write(content, name)
    defer { try? write(original, name) }
    guard let manifest = manifests[name], let path = Self.manifestPath(of: name, in: folder) else {
      return try read(goingOn: goingOn)
    }
    let (old, new) = (SHA256.hash(original).hexadecimal, SHA256.hash(content).hexadecimal)
    try write(
      Array(String(decoding: manifest, as: UTF8.self).replacingOccurrences(of: old, with: new).utf8), path)
    defer { try? write(manifest, path) }
    try read(goingOn: goingOn)
  }

  private func read(goingOn: Bool) throws {
    try reader.read(folder)
    if goingOn { try reader.goOn(folder) }
  }

  /// The manifest in the nearest folder above a file, relative to the example's folder.
  private static func manifestPath(of name: String, in folder: URL) -> String? {
    var parts = name.split(separator: "/").dropLast()
    guard !name.hasSuffix(FolderManifest.fileName) else { return nil }
    while !parts.isEmpty {
      let path = parts.joined(separator: "/") + "/" + FolderManifest.fileName
      if FileManager.default.fileExists(atPath: folder.appendingPathComponent(path).path) { return path }
      parts.removeLast()
    }
    return nil
  }

  private static func content(_ folder: URL, _ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: folder.appendingPathComponent(name)))
  }

  private func write(_ content: [UInt8], _ name: String) throws {
    try Data(content).write(to: folder.appendingPathComponent(name))
  }
}

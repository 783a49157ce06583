/// The hashes of a folder's files, in the format that `sha256sum -c manifest.sha256` accepts.
///
/// One line per file, sorted by name in byte order: 64 lowercase hexadecimal digits, two spaces,
/// the path inside the folder, a newline. The manifest does not list itself.
package struct FolderManifest: Sendable, Equatable {
  package static let fileName = "manifest.sha256"

  package struct Entry: Sendable, Equatable {
    package let name: String
    package let digest: SHA256.Digest
  }

  package let entries: [Entry]

  package init(entries: [Entry]) {
    self.entries = entries.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
  }

  /// Reads the manifest inside `folder`.
  ///
  /// - Throws: `.missingInput` where there is none, `.badData` naming the line where it is malformed.
  package init(of folder: String) throws(QuillError) {
    let path = FilePath.join(folder, Self.fileName)
    let decoded = try MappedFile.withBytes(of: path) { String(validating: $0, as: UTF8.self) }
    guard let text = decoded else { throw QuillError(.badData, at: path, "not UTF-8") }
    var entries: [Entry] = []
    var names: Set<String> = []
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      if line.isEmpty, index > 0 { continue }
      let name = String(Substring(line.utf8.dropFirst(66)))
      guard line.utf8.dropFirst(64).starts(with: "  ".utf8),
        let digest = SHA256.Digest(hexadecimal: Substring(line.utf8.prefix(64))), Self.isAllowedName(name)
      else {
        throw QuillError(
          .badData, at: "\(path), line \(index + 1)", "expected a SHA-256 hash, two spaces and a file name")
      }
      guard names.insert(name).inserted else {
        throw QuillError(.badData, at: "\(path), line \(index + 1)", "'\(name)' is listed twice")
      }
      entries.append(Entry(name: name, digest: digest))
    }
    guard !entries.isEmpty else { throw QuillError(.badData, at: path, "the manifest lists no files") }
    self.init(entries: entries)
  }

  /// Checks a published folder against the manifest inside it. Files that the manifest does not list are ignored.
  ///
  /// - Parameter isNeeded: whether a file of this name will be read; the others are not looked at.
  package static func verify(_ folder: String, where isNeeded: (String) -> Bool = { _ in true })
    throws(QuillError)
  {
    try FolderManifest(of: folder).verify(folder, where: isNeeded)
  }

  /// Checks that every listed file in `folder` has its hash.
  package func verify(_ folder: String, where isNeeded: (String) -> Bool = { _ in true }) throws(QuillError) {
    for entry in entries where isNeeded(entry.name) {
      let path = FilePath.join(folder, entry.name)
      guard FilePath.exists(path) else {
        throw QuillError(.badData, at: path, "the file that the manifest lists is missing")
      }
      let found = try SHA256.hash(file: path)
      guard found == entry.digest else {
        throw QuillError(
          .badData, at: path, "checksum mismatch (expected \(entry.digest.short), found \(found.short))")
      }
    }
  }

  var text: String { entries.map { "\($0.digest.hexadecimal)  \($0.name)\n" }.joined() }

  /// Whether a name stays inside its folder and on its line.
  static func isAllowedName(_ name: String) -> Bool {
    !FilePath.components(name).contains { $0.isEmpty || $0 == "." || $0 == ".." }
      && !name.utf8.contains { $0 < 32 || $0 == UInt8(ascii: "\\") }
  }
}

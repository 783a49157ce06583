import Storage

/// Where text comes from: files, folders and standard input, as a sequence of documents.
///
///     let sources = try TextSource.resolve(["books/", "stories.jsonl.gz", "-"], field: "text")
///     for source in sources { try source.forEachDocument { document in … } }
///
/// A folder stands for the files below it, in byte order of their paths, hidden ones and
/// sidecars (`TEXT.json` beside `TEXT`) left out. A `.jsonl` file has a
/// document in every line, in the string of one field; what a document of any other file is, a rule says: the one asked
/// for, else the one that the text's sidecar names, else the whole file. `.gz` and `.zst` files are
/// decompressed on the way. Bytes are passed on as they are, UTF-8 or not; documents without bytes are left out.
package struct TextSource: Sendable {
  /// A path, or `-`.
  let path: String
  /// The field of a `.jsonl` file that holds the text.
  let field: String
  /// For files that are not `.jsonl`.
  let documents: DocumentRule
  /// What the text's sidecar says.
  let information: TextInformation?

  /// How many times its size a compressed file may become.
  let maximumExpansion: Double

  private init(
    _ path: String, field: String, documents: DocumentRule?, _ maximumExpansion: Double
  ) throws(QuillError) {
    self.path = path
    self.maximumExpansion = maximumExpansion
    self.field = field
    information = try TextInformation(ofTextAt: path)
    self.documents = documents ?? information?.documents ?? .file
  }

  /// The file's name, without its folders.
  var name: String { path == "-" ? path : FilePath.name(of: path) }

  /// The bytes on disk, for progress; nil for standard input and pipes.
  var byteCount: Int? { FilePath.isRegularFile(path) ? try? FilePath.byteCount(of: path) : nil }

  var isLines: Bool { Self.isLines(path) }

  /// The bytes of text in all sources; nil where one is compressed, in lines, or standard input.
  package static func totalByteCount(of sources: [TextSource]) -> Int? {
    var total = 0
    for source in sources {
      guard !source.isLines, ByteStreams.uncompressedName(source.path) == source.path,
        let count = source.byteCount
      else { return nil }
      total += count
    }
    return total
  }

  static func isLines(_ path: String) -> Bool { ByteStreams.uncompressedName(path).hasSuffix(".jsonl") }

  /// The files that `paths` stand for.
  ///
  /// - Parameter documents: what a document of a plain text is; nil leaves it to sidecars.
  /// - Throws: `.missingInput` where there is nothing of a name, or nothing in a folder; `.badData` where a sidecar
  ///   is malformed or about another text.
  package static func resolve(
    _ paths: [String], field: String, documents: DocumentRule? = nil,
    maximumExpansion: Double = ByteStreams.usualExpansion
  ) throws(QuillError) -> [TextSource] {
    var sources: [TextSource] = []
    for path in paths {
      guard FilePath.isFolder(path) else {
        if path != "-", !FilePath.exists(path) {
          throw QuillError(.missingInput, at: path, "no such file or folder", remedy: "Check the path.")
        }
        sources.append(try TextSource(path, field: field, documents: documents, maximumExpansion))
        continue
      }
      let all = try FilePath.listFilesRecursively(path)
      let names = Set(all)
      let files = all.filter { file in
        let isHidden = FilePath.components(file).contains { $0.utf8.first == UInt8(ascii: ".") }
        let isSidecar = file.hasSuffix(".json") && names.contains(String(file.dropLast(5)))
        return !isHidden && !isSidecar
      }
      if files.isEmpty { throw QuillError(.missingInput, at: path, "the folder holds no text files") }
      for file in files {
        sources.append(
          try TextSource(FilePath.join(path, file), field: field, documents: documents, maximumExpansion))
      }
    }
    return sources
  }

  /// Passes on the documents in order.
  ///
  /// - Throws: what `body` throws; `.badData` naming file and line where a line is no JSON object with the field.
  package func forEachDocument(_ body: (TextDocument) throws(QuillError) -> Void) throws(QuillError) {
    if isLines {
      try forEachLine(body)
      return
    }
    let text: TextDocument
    if FilePath.isRegularFile(path), ByteStreams.uncompressedName(path) == path {
      text = TextDocument(try MappedFile(path))
    } else {
      text = try TextDocument(ByteStreams.open(path, maximumExpansion: maximumExpansion))
    }
    try documents.forEachDocument(in: text.bytes) { (range) throws(QuillError) in
      try body(TextDocument(range, of: text))
    }
  }

  private func forEachLine(_ body: (TextDocument) throws(QuillError) -> Void) throws(QuillError) {
    var lines = LineReader(try ByteStreams.open(path, maximumExpansion: maximumExpansion))
    var number = 0
    while let line = try lines.next() {
      number += 1
      if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { continue }
      let place = "\(path), line \(number)"
      let text = try Self.text(of: line, field: field, place: place)
      if !text.isEmpty { try body(TextDocument(text.utf8)) }
    }
  }

  private static func text(of line: [UInt8], field: String, place: String) throws(QuillError) -> String {
    let value: JSONValue
    do throws(QuillError) {
      value = try JSONValue.parse(line, place: place)
    } catch {
      // The parser counts lines within its text, which is one line.
      let column = error.place.split(separator: " ").last.map { ", column \($0)" } ?? ""
      throw QuillError(error.kind, at: place + column, error.problem)
    }
    let object = JSONNode(value, place: place)
    guard case .object(let members) = value else { throw object.expected("an object") }
    guard members[field] != nil else {
      throw object.error(
        "the field '\(field)' is missing (found \(members.keys.map { "'\($0)'" }.joined(separator: ", ")))",
        remedy: "Name the field that holds the text with \(Vocabulary.parameter("field")).")
    }
    return try object.value(field)
  }
}

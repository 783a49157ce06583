/// Opens files by the ends of their names.
package enum ByteStreams {
  /// How many times its size compressed text may become unless more is allowed. Text compresses 3 to 5 times, the most
  /// repetitive logs about a hundred times.
  package static let usualExpansion = 200.0

  /// A stream of a file's content: what is inside `.gz` and `.zst` files, other files as they are.
  ///
  /// - Parameter maximumExpansion: how many times its size a compressed file may become, beyond the first 64 MiB.
  package static func open(
    _ path: String, maximumExpansion: Double = usualExpansion
  ) throws(QuillError) -> any ByteStream {
    let file = try FileStream(path)
    if path.hasSuffix(".gz") { return ExpansionLimit(try GzipStream(file), of: file, maximumExpansion) }
    if path.hasSuffix(".zst") { return ExpansionLimit(try ZstdStream(file), of: file, maximumExpansion) }
    return file
  }

  /// `name` without the ending that names its compression: `a.jsonl.gz` becomes `a.jsonl`.
  package static func uncompressedName(_ name: String) -> String {
    for ending in [".gz", ".zst"] where name.hasSuffix(ending) { return String(name.dropLast(ending.count)) }
    return name
  }
}

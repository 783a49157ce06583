import Storage

/// Writes the tales corpus: a text file and, beside it, what is known about it.
///
///     let summary = try TaleWriter.write(byteCount: 10_000_000, seed: 1, to: "corpora/tales.txt")
///
/// The text holds stories 0, 1, 2, … of the seed, up to the first that reaches the size asked for. `FILE.json` beside
/// it holds the figures (`docs/formats/tales.md`); `quill corpus pack` takes the known entropy from there. Each file is
/// written atomically, the sidecar last; an old sidecar is removed first, so that a sidecar never speaks for another
/// text.
package enum TaleWriter {
  /// What was written.
  package struct Summary: Sendable, Equatable {
    package let seed: UInt64
    package let storyCount: UInt64
    package let byteCount: Int
    /// The exact information in the text, in bits.
    package let informationInBits: Double

    package var bitsPerByte: Double { informationInBits / Double(byteCount) }

    /// The sidecar's fields, in order.
    package var fields: [JSONObject.Member] {
      let seed = Int(exactly: seed).map { JSONValue.integer($0) } ?? .largeInteger(String(seed))
      return [
        ("format", "quill-tales"), ("generator_version", .integer(TaleGenerator.version)), ("seed", seed),
        ("stories", .integer(Int(storyCount))), ("bytes", .integer(byteCount)),
        ("information_bits", .number(informationInBits)), ("bits_per_byte", .number(bitsPerByte)),
        ("documents", "blank-line"),
      ]
    }
  }

  /// Text is handed to the file in pieces of about this size.
  private static let pieceSize = 1 << 20

  /// Where the sidecar of a text file lies.
  package static func sidecarPath(for path: String) -> String { path + ".json" }

  /// - Parameters:
  ///   - byteCount: the least size of the text; it ends with the story that reaches it.
  ///   - progress: called about every mebibyte with the bytes written so far.
  /// - Throws: `.inputOutput` where the system refuses to write. A missing folder is made.
  package static func write(
    byteCount: Int, seed: UInt64, to path: String, progress: (Int) -> Void = { _ in }
  ) throws(QuillError) -> Summary {
    precondition(byteCount > 0, "expected a positive size, found \(byteCount)")
    try FilePath.createFolder(FilePath.parent(of: path))
    let sidecar = sidecarPath(for: path)
    if FilePath.exists(sidecar) { try FilePath.remove(sidecar) }
    var generator = TaleGenerator(seed: seed)
    var stories: UInt64 = 0
    var written = 0
    var bits = 0.0
    try AtomicFile.write(path) { (file) throws(QuillError) in
      var piece: [UInt8] = []
      piece.reserveCapacity(pieceSize + 4096)
      while written + piece.count < byteCount {
        bits += generator.appendStory(stories, to: &piece)
        stories += 1
        guard piece.count >= pieceSize else { continue }
        try file.write(piece)
        written += piece.count
        piece.removeAll(keepingCapacity: true)
        progress(written)
      }
      try file.write(piece)
      written += piece.count
    }
    let summary = Summary(seed: seed, storyCount: stories, byteCount: written, informationInBits: bits)
    try AtomicFile.write(sidecar, JSONValue.object(JSONObject(summary.fields)).prettyText)
    return summary
  }
}

import Storage

/// What a generated text says about itself in the file `TEXT.json` beside it (see `docs/formats/corpus.md`).
struct TextInformation {
  /// The bytes of the text.
  let byteCount: Int
  /// The information in the text: minus the base-2 logarithm of its probability.
  let bits: Double

  /// Reads the sidecar of a text, or returns nil where there is none or it is about something else.
  ///
  /// - Throws: `.badData` where it is malformed, or about a text of another length.
  init?(of source: TextSource) throws(QuillError) {
    let path = source.path + ".json"
    guard source.path != "-", FilePath.isRegularFile(path) else { return nil }
    let node = try JSONNode(file: path)
    guard case .object(let members) = node.value, members["information_bits"] != nil else { return nil }
    byteCount = try node.value("bytes")
    bits = try node.value("information_bits")
    guard byteCount > 0, bits >= 0 else {
      throw node.error("impossible counts: \(byteCount) bytes, \(bits) bits")
    }
    if !source.isLines, let found = source.byteCount, ByteStreams.uncompressedName(source.path) == source.path,
      found != byteCount
    {
      throw node.error(
        "it describes a text of \(byteCount.grouped) bytes, but \(source.path) has \(found.grouped)",
        remedy: "Remove it, or generate the text again.")
    }
  }

  /// The information of all sources over their bytes; nil unless every source has it.
  static func bitsPerByte(of sources: [TextSource]) throws(QuillError) -> Double? {
    var byteCount = 0
    var bits = 0.0
    for source in sources {
      guard let information = try TextInformation(of: source) else { return nil }
      byteCount += information.byteCount
      bits += information.bits
    }
    return byteCount == 0 ? nil : bits / Double(byteCount)
  }
}

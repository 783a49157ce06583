import Formatting
import Storage

/// What a generated text says about itself in the file `TEXT.json` beside it (see `docs/formats/corpus.md`).
struct TextInformation {
  /// The bytes of the text.
  let byteCount: Int
  /// The information in the text: minus the base-2 logarithm of its probability.
  let bits: Double
  /// What a document of the text is; nil where it does not say.
  let documents: DocumentRule?

  /// Reads the sidecar of a text, or returns nil where there is none or it is about something else.
  ///
  /// - Throws: `.badData` where it is malformed, or about a text of another length.
  init?(ofTextAt path: String) throws(QuillError) {
    let sidecar = path + ".json"
    guard path != "-", FilePath.isRegularFile(sidecar) else { return nil }
    let node = try JSONNode(file: sidecar)
    guard case .object(let members) = node.value, members["information_bits"] != nil else { return nil }
    byteCount = try node.value("bytes", in: SizeLimits.counter)
    bits = try node.value("information_bits", in: .within(0...SizeLimits.quantity.high))
    guard byteCount > 0, bits >= 0 else {
      throw node.error("impossible counts: \(byteCount) bytes, \(bits) bits")
    }
    let name = try node.valueIfPresent("documents", as: String.self)
    documents = name.flatMap { DocumentRule(rawValue: $0) }
    if let name, documents == nil {
      throw node.error("unknown documents '\(name)': expected file, line or blank-line")
    }
    guard !TextSource.isLines(path), ByteStreams.uncompressedName(path) == path, FilePath.isRegularFile(path)
    else { return }
    let found = try FilePath.byteCount(of: path)
    if found != byteCount {
      throw node.error(
        "it describes a text of \(byteCount.grouped) bytes, but \(path) has \(found.grouped)",
        remedy: "Remove it, or generate the text again.")
    }
  }

  /// The information of all sources over their bytes; nil unless every source has it.
  static func bitsPerByte(of sources: [TextSource]) -> Double? {
    var byteCount = 0
    var bits = 0.0
    for source in sources {
      guard let information = source.information else { return nil }
      byteCount += information.byteCount
      bits += information.bits
    }
    return byteCount == 0 ? nil : bits / Double(byteCount)
  }
}

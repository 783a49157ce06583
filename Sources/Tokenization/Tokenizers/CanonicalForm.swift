import Storage

/// Writes what decides a tokenizer's ids as bytes that depend on nothing else, such as the layout of a JSON file.
///
/// See "Content hash" in `docs/formats/tokenizer.md`. All counts are little-endian `UInt32`.
struct CanonicalForm {
  private(set) var bytes: [UInt8] = Array("quill tokenizer 1\n".utf8)

  init(kind: TokenizerKind, detail: String = "") {
    append(Array(kind.rawValue.utf8))
    append(Array(detail.utf8))
  }

  private mutating func append(count: Int) {
    withUnsafeBytes(of: UInt32(count).littleEndian) { bytes.append(contentsOf: $0) }
  }

  /// Appends a counted string of bytes.
  mutating func append(_ string: [UInt8]) {
    append(count: string.count)
    bytes += string
  }

  mutating func append(_ merges: [Merge]) {
    append(count: merges.count)
    for merge in merges {
      append(count: Int(merge.left))
      append(count: Int(merge.right))
    }
  }

  mutating func append(_ specialTokens: SpecialTokens) {
    append(count: specialTokens.count)
    for (text, id) in specialTokens.entries {
      append(count: Int(id))
      append(Array(text.utf8))
    }
  }
}

extension Tokenizer {
  /// SHA-256 of the canonical form: equal for tokenizers that give the same ids to every text.
  package var contentHash: SHA256.Digest { SHA256.hash(canonicalForm()) }
}

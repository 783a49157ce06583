import Storage

/// The numbers of `docs/formats/corpus.md`.
enum ShardFormat {
  static let version: UInt32 = 1
  static let magic = Array("QUILLTOK".utf8)
  /// Skippable frame variants: the magic numbers are 0x184D2A50 + variant.
  static let headerVariant: UInt32 = 1
  static let documentsVariant: UInt32 = 2
  static let seekTableVariant: UInt32 = 14
  static let frameTokenCount = 65_536
  static let shardTokenCount = 1 << 26
  static let seekTableMagic: UInt32 = 0x8F92_EAB1
  /// The low half of the XXH64 of no bytes.
  static let emptyChecksum: UInt32 = 0x51D8_E999

  static func tokenWidth(vocabularySize: Int) -> Int { vocabularySize <= 65_536 ? 2 : 4 }

  /// The first 8 bytes of a SHA-256.
  static func checksum(_ bytes: some Collection<UInt8>) -> [UInt8] {
    Array(SHA256.hash(Array(bytes)).bytes.prefix(8))
  }

  static func fileName(_ split: SplitName, _ number: Int) -> String {
    let digits = String(number)
    return "\(split.rawValue)-\(String(repeating: "0", count: max(0, 5 - digits.count)))\(digits).qtok"
  }

  static var repackRemedy: String { "Re-create it with \(Vocabulary.task(.packCorpus()))." }
}

/// The two parts of a corpus.
package enum SplitName: String, Sendable, CaseIterable {
  case train
  case validation

  var number: UInt32 { self == .train ? 0 : 1 }
}

import Formatting
import Storage
import Tokenization

/// What `corpus.json` says about a corpus.
package struct CorpusDescription: Sendable, Equatable {
  package static let fileName = "corpus.json"
  static let format = "quill-corpus"
  static let version = 1

  /// What one part of the corpus holds.
  package struct Counts: Sendable, Equatable {
    /// All tokens, end-of-text tokens included.
    package var tokenCount = 0
    /// Documents that begin in the split.
    package var documentCount = 0
    /// Bytes of text.
    package var byteCount = 0
    package var shardCount = 0
    /// Bytes of the shard files.
    package var compressedByteCount = 0

    package var bytesPerToken: Double? { tokenCount == 0 ? nil : Double(byteCount) / Double(tokenCount) }
  }

  /// How the texts were divided.
  package enum SplitMethod: String, Sendable {
    case document
    case position
  }

  package var tokenizerHash: SHA256.Digest
  package var tokenizerKind: TokenizerKind
  package var vocabularySize: Int
  package var endOfText: TokenID?
  package var shardTokenCount = ShardFormat.shardTokenCount
  package var splitMethod: SplitMethod
  package var validationFraction: Double
  package var train: Counts
  package var validation: Counts
  /// The names of the inputs, without their folders.
  package var sources: [String]
  /// The information in the text, in bits per byte, where the source states it: no model can go below.
  package var entropyFloorBitsPerByte: Double?

  package subscript(split: SplitName) -> Counts { split == .train ? train : validation }
}

extension CorpusDescription {
  /// The content of `corpus.json`.
  package var json: JSONValue {
    let tokenizer: JSONValue = [
      "sha256": .string(tokenizerHash.hexadecimal), "kind": .string(tokenizerKind.rawValue),
      "vocabulary_size": .integer(vocabularySize), "end_of_text": endOfText.map { JSONValue($0) } ?? .null,
    ]
    var object = JSONObject([
      ("format", .string(Self.format)), ("version", .integer(Self.version)),
      ("tokenizer", tokenizer),
      ("token_width", .integer(ShardFormat.tokenWidth(vocabularySize: vocabularySize))),
      ("frame_tokens", .integer(ShardFormat.frameTokenCount)), ("shard_tokens", .integer(shardTokenCount)),
      ("split_by", .string(splitMethod.rawValue)), ("validation_fraction", .number(validationFraction)),
      ("train", train.json), ("validation", validation.json), ("sources", JSONValue(sources)),
    ])
    if let floor = entropyFloorBitsPerByte { object["entropy_floor_bits_per_byte"] = JSONValue.number(floor) }
    return .object(object)
  }

  /// Reads `corpus.json` in the folder of a corpus.
  init(in folder: String) throws(QuillError) {
    let node = try JSONNode(file: FilePath.join(folder, Self.fileName))
    guard try node.valueIfPresent("format", as: String.self) == Self.format else {
      throw node.error("not the description of a Quill corpus")
    }
    let version: Int = try node.value("version")
    guard version == Self.version else {
      throw node.error(
        "corpus version \(version), this program reads version \(Self.version)",
        remedy: ShardFormat.repackRemedy)
    }
    let tokenizer: JSONNode = try node.value("tokenizer")
    let hash: String = try tokenizer.value("sha256")
    guard let digest = SHA256.Digest(hexadecimal: hash) else {
      throw tokenizer.error("'\(hash)' is no SHA-256 hash")
    }
    tokenizerHash = digest
    let kindName: String = try tokenizer.value("kind")
    guard let kind = TokenizerKind(rawValue: kindName) else {
      throw tokenizer.error("unknown tokenizer kind '\(kindName)'")
    }
    tokenizerKind = kind
    let vocabularySize = try tokenizer.value("vocabulary_size", in: SizeLimits.vocabulary)
    let endOfText = try tokenizer.valueIfPresent("end_of_text", in: .within(0...vocabularySize - 1))
    self.vocabularySize = vocabularySize
    self.endOfText = endOfText.map { TokenID($0) }
    shardTokenCount = try node.value("shard_tokens", in: .within(1...(1 << 32)))
    guard shardTokenCount % ShardFormat.frameTokenCount == 0 else {
      throw node.error("shard_tokens must be a multiple of 65,536, found \(shardTokenCount)")
    }
    let methodName: String = try node.value("split_by")
    guard let method = SplitMethod(rawValue: methodName) else {
      throw node.error("unknown split_by '\(methodName)'")
    }
    splitMethod = method
    validationFraction = try node.value("validation_fraction", in: .within(0...1))
    train = try Counts(try node.value("train"))
    validation = try Counts(try node.value("validation"))
    sources = try node.value("sources")
    entropyFloorBitsPerByte = try node.valueIfPresent("entropy_floor_bits_per_byte", in: .within(0...1e9))
  }
}

extension CorpusDescription.Counts {
  package var json: JSONValue {
    [
      "tokens": .integer(tokenCount), "documents": .integer(documentCount), "bytes": .integer(byteCount),
      "shards": .integer(shardCount), "compressed_bytes": .integer(compressedByteCount),
      "bytes_per_token": bytesPerToken.map(JSONValue.number) ?? .null,
    ]
  }

  fileprivate init(_ node: JSONNode) throws(QuillError) {
    tokenCount = try node.value("tokens", in: SizeLimits.counter)
    documentCount = try node.value("documents", in: SizeLimits.counter)
    byteCount = try node.value("bytes", in: SizeLimits.counter)
    shardCount = try node.value("shards", in: SizeLimits.counter)
    guard (tokenCount == 0) == (shardCount == 0) else {
      throw node.error("\(tokenCount) tokens in \(shardCount) shards")
    }
    compressedByteCount = try node.value("compressed_bytes", in: SizeLimits.counter)
  }
}

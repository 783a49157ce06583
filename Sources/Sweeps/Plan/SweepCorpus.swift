import Formatting
import Corpora
import Storage

/// What a plan knows about its corpus.
package struct SweepCorpus: Sendable, Equatable {
  /// The folder, as the plan's user named it.
  package var path: String
  /// Hash of the corpus's manifest: what a run's identity depends on.
  package var identity: String
  package var vocabularySize: Int
  package var trainingTokens: Int
  package var validationTokens: Int
  /// Bytes of text for each training token.
  package var bytesPerToken: Double
  /// The information in the text in bits per byte, where the corpus knows it.
  package var entropyFloorBitsPerByte: Double?

  /// The entropy of the text in nats per token, where it is known: no loss goes lower.
  package var entropyFloorInNats: Double? {
    entropyFloorBitsPerByte.map { $0 * bytesPerToken * 0.6931471805599453 }
  }
}

extension SweepCorpus {
  /// Reads the description of a corpus.
  ///
  /// - Throws: `QuillError`: `.missingInput` where there is none, `.badData` where it is damaged or has no validation
  ///   split.
  package init(opening path: String) throws {
    let corpus = try Corpus.open(path)
    let validation = try corpus.requireValidation()
    self.path = path
    identity = try SHA256.hash(file: FilePath.join(path, FolderManifest.fileName)).hexadecimal
    vocabularySize = corpus.description.vocabularySize
    trainingTokens = corpus.train.tokenCount
    validationTokens = validation.tokenCount
    bytesPerToken = Double(corpus.train.textByteCount) / Double(max(1, corpus.train.tokenCount))
    entropyFloorBitsPerByte = corpus.description.entropyFloorBitsPerByte
  }
}

extension SweepCorpus: JSONReadable, JSONConvertible {
  package var json: JSONValue {
    [
      "path": .string(path), "identity": .string(identity), "vocabulary": .integer(vocabularySize),
      "training_tokens": .integer(trainingTokens), "validation_tokens": .integer(validationTokens),
      "bytes_per_token": .number(bytesPerToken),
      "entropy_floor_bits_per_byte": entropyFloorBitsPerByte.map { .number($0) } ?? .null,
    ]
  }

  package init(json node: JSONNode) throws(QuillError) {
    path = try node.value("path")
    identity = try node.value("identity")
    vocabularySize = try node.value("vocabulary", in: SizeLimits.vocabulary)
    trainingTokens = try node.value("training_tokens", in: SizeLimits.counter)
    validationTokens = try node.value("validation_tokens", in: SizeLimits.counter)
    bytesPerToken = try node.value("bytes_per_token", in: .within(0...1e9))
    entropyFloorBitsPerByte = try node.valueIfPresent("entropy_floor_bits_per_byte", in: .within(0...1e9))
  }
}

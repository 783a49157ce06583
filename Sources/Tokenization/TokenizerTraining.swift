import Storage

/// What `quill tokenizer train` is asked for.
public struct TokenizerTrainingOptions: Sendable {
  public var kind: TokenizerKind
  /// How text is cut before merging; for `.bytePair` alone.
  public var split: SplitPattern
  /// The number of ids, special tokens included. Byte pair encoding needs it and stops there, or earlier where no
  /// pair is left; characters take it as an upper bound; bytes ignore it.
  public var vocabularySize: Int?
  public var specialTokens: [String]

  public init(
    kind: TokenizerKind = .bytePair, split: SplitPattern = .gpt4, vocabularySize: Int? = nil,
    specialTokens: [String] = [SpecialTokens.endOfTextName]
  ) {
    self.kind = kind
    self.split = split
    self.vocabularySize = vocabularySize
    self.specialTokens = specialTokens
  }
}

/// How far training has come.
public enum TokenizerTrainingProgress: Sendable, Equatable {
  /// Bytes read of the bytes there are; `of` is nil where standard input is among the inputs.
  case reading(byteCount: Int, of: Int?)
  /// Merges found of the merges wanted.
  case merging(count: Int, of: Int)
}

/// A trained tokenizer and what it was trained on.
public struct TrainedTokenizer: Sendable {
  public let tokenizer: any Tokenizer
  public let fileCount: Int
  public let byteCount: Int
  /// How many different pieces the split cut the text into; 0 where there is no split.
  public let distinctPieceCount: Int
}

/// Trains a tokenizer on files, folders (searched recursively, in sorted order) and standard input (`-`).
///
/// Each file is one text: no token is counted across the end of a file.
public func trainTokenizer(
  on inputs: [String], options: TokenizerTrainingOptions,
  progress: (TokenizerTrainingProgress) -> Void = { _ in }
) throws(QuillError) -> TrainedTokenizer {
  throw QuillError(.internal, at: "tokenizer", "training is not there yet")
}

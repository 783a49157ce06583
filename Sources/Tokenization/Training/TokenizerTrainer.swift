import Storage

/// What `quill tokenizer train` is asked for.
package struct TokenizerTrainingOptions: Sendable {
  package var kind: TokenizerKind
  /// How text is cut before merging; for `.bytePair` alone.
  package var split: SplitPattern
  /// The number of ids, special tokens included. Byte pair encoding needs it and stops there, or earlier where no
  /// pair is left; characters take it as an upper bound and keep the most frequent ones; bytes ignore it.
  package var vocabularySize: Int?
  /// They get the last ids, in this order.
  package var specialTokens: [String]

  package init(
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
package enum TokenizerTrainingProgress: Sendable, Equatable {
  /// Bytes read of the bytes there are; `of` is nil where that is not known, as for standard input.
  case reading(byteCount: Int, of: Int?)
  /// Ids found of the ids wanted.
  case merging(count: Int, of: Int)
}

/// A trained tokenizer and what it was trained on.
package struct TrainedTokenizer: Sendable {
  package let tokenizer: any Tokenizer
  package let textCount: Int
  package let byteCount: Int
  /// How many different pieces the split cut the texts into; 0 where there is no split.
  package let distinctPieceCount: Int
  /// The bytes of pieces longer than a mebibyte that did not count; see `BytePairTrainer`.
  package let skippedByteCount: Int
}

/// Trains a tokenizer of any kind on texts that come in blocks.
///
///     let trainer = try TokenizerTrainer(TokenizerTrainingOptions(vocabularySize: 4096))
///     for text in texts { trainer.add(text); trainer.endText() }
///     let trained = try trainer.finish()
package final class TokenizerTrainer {
  private enum Statistics {
    case bytes
    case characters(CharacterCounter)
    case pieces(BytePairTrainer)
  }

  private let options: TokenizerTrainingOptions
  private let statistics: Statistics
  package private(set) var textCount = 0
  package private(set) var byteCount = 0

  /// - Throws: `.usage` where the vocabulary is too small, or a special token is empty or given twice.
  package init(_ options: TokenizerTrainingOptions) throws(QuillError) {
    self.options = options
    try options.check()
    switch options.kind {
    case .bytes: statistics = .bytes
    case .characters: statistics = .characters(CharacterCounter())
    case .bytePair: statistics = .pieces(BytePairTrainer(split: options.split))
    }
  }

  /// Adds the next block of the current text; blocks may be cut anywhere.
  package func add(_ block: UnsafeBufferPointer<UInt8>) {
    byteCount += block.count
    switch statistics {
    case .bytes: break
    case .characters(let counter): counter.add(block)
    case .pieces(let trainer): trainer.add(block)
    }
  }

  /// Adds the next block of the current text.
  package func add(_ block: [UInt8]) { block.withUnsafeBufferPointer { add($0) } }

  /// Ends the current text.
  package func endText() {
    textCount += 1
    switch statistics {
    case .bytes: break
    case .characters(let counter): counter.endText()
    case .pieces(let trainer): trainer.endText()
    }
  }

  /// - Throws: `.badData` where there was no text; `.usage` where a special token is also an ordinary one.
  package func finish(
    progress: (TokenizerTrainingProgress) -> Void = { _ in }
  ) throws(QuillError) -> TrainedTokenizer {
    let tokenizer: any Tokenizer
    var (distinctPieceCount, skippedByteCount) = (0, 0)
    if byteCount == 0 && options.kind != .bytes {
      throw QuillError(
        .badData, at: "tokenizer training", "the input holds no text",
        remedy: "Name at least one file that is not empty.")
    }
    switch statistics {
    case .bytes: tokenizer = ByteTokenizer(specialTokens: options.specialTokens)
    case .characters(let counter):
      let room = options.vocabularySize.map { $0 - 256 - options.specialTokens.count }
      tokenizer = CharacterTokenizer(
        characters: counter.mostFrequent(room ?? .max), specialTokens: options.specialTokens)
    case .pieces(let trainer):
      distinctPieceCount = trainer.distinctPieceCount
      skippedByteCount = trainer.skippedByteCount
      tokenizer = trainer.train(
        vocabularySize: options.vocabularySize ?? 0, specialTokens: options.specialTokens
      ) { progress(.merging(count: $0, of: $1)) }
    }
    try checkSpecialTokens(of: tokenizer)
    return TrainedTokenizer(
      tokenizer: tokenizer, textCount: textCount, byteCount: byteCount,
      distinctPieceCount: distinctPieceCount, skippedByteCount: skippedByteCount)
  }

  /// A file could not tell a special token from an ordinary one that is written the same.
  private func checkSpecialTokens(of tokenizer: any Tokenizer) throws(QuillError) {
    let spellings = TokenSpelling.ordinary(of: tokenizer)
    for (id, spelling) in spellings {
      guard tokenizer.specialTokens.id(of: spelling) != nil else { continue }
      throw QuillError(
        .usage, at: "special token '\(spelling)'", "it is written like the ordinary token \(id)",
        remedy: "Choose a special token that does not occur in text, such as <|\(spelling)|>.")
    }
  }
}

extension TokenizerTrainingOptions {
  fileprivate func check() throws(QuillError) {
    var seen: Set<String> = []
    for text in specialTokens {
      if text.isEmpty {
        throw QuillError(
          .usage, at: "special tokens", "a special token is empty", remedy: "Give it a name such as <|sep|>.")
      }
      if !seen.insert(text).inserted {
        throw QuillError(
          .usage, at: "special token '\(text)'", "it is given twice", remedy: "Name each special token once.")
      }
    }
    guard kind != .bytes else { return }
    let least = 256 + specialTokens.count + (kind == .characters ? 1 : 0)
    if let vocabularySize {
      if vocabularySize < least || vocabularySize >= 1 << 30 {
        throw QuillError(
          .usage, at: "vocabulary size \(vocabularySize)",
          "the \(kind.rawValue) tokenizer needs at least \(least) ids (256 bytes and "
            + "\(specialTokens.count) special tokens among them) and at most 1,073,741,823",
          remedy: "Give a vocabulary size in between.")
      }
    } else if kind == .bytePair {
      throw QuillError(
        .usage, at: "vocabulary size", "byte pair encoding needs one",
        remedy: "Add '\(Vocabulary.parameter("vocabularySize", "4096"))'.")
    }
  }
}

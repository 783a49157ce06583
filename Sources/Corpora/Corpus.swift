import Storage
import Tokenization

/// A packed corpus, opened and checked: everything but the content of the frames, which is checked when read.
///
///     let corpus = try Corpus.open("corpora/tales")
///     let tokenizer = try corpus.loadTokenizer()
///
/// The folder's format is `docs/formats/corpus.md`.
public final class Corpus: Sendable {
  /// The folder, as it was named.
  public let path: String
  package let description: CorpusDescription
  package let train: CorpusSplit
  /// Nil where the corpus was packed without.
  package let validation: CorpusSplit?

  /// Opens a corpus folder.
  ///
  /// - Throws: `QuillError`: `.missingInput` where there is none; `.badData` where it is no corpus, or its shards do not
  ///   belong together.
  public static func open(_ path: String) throws(QuillError) -> Corpus { try Corpus(path) }

  private init(_ path: String) throws(QuillError) {
    try AtomicFolder.recover(at: path)
    guard FilePath.exists(path) else {
      throw QuillError(
        .missingInput, at: path, "no such corpus", remedy: "Make it with \(Vocabulary.task(.packCorpus())).")
    }
    guard FilePath.isFolder(path), FilePath.exists(FilePath.join(path, CorpusDescription.fileName)) else {
      throw QuillError(
        .badData, at: path, "not a corpus folder (no corpus.json in it)",
        remedy: "Make one with \(Vocabulary.task(.packCorpus(text: path))).")
    }
    self.path = path
    description = try CorpusDescription(in: path)
    train = try CorpusSplit(.train, in: path, description)
    validation =
      description.validation.tokenCount > 0 ? try CorpusSplit(.validation, in: path, description) : nil
  }

  /// The tokens to train on, end-of-text tokens included.
  public var trainingTokenCount: Int { train.tokenCount }

  /// The tokens kept for validation; 0 where the corpus was packed without.
  public var validationTokenCount: Int { validation?.tokenCount ?? 0 }

  /// The number of ids that its tokenizer has.
  public var vocabularySize: Int { description.vocabularySize }

  /// The validation split.
  ///
  /// - Throws: `.badData` where there is none.
  package func requireValidation() throws(QuillError) -> CorpusSplit {
    guard let validation else {
      throw QuillError(
        .badData, at: path, "the corpus has no validation split",
        remedy: "Pack it again with a larger \(Vocabulary.parameter("validation")).")
    }
    return validation
  }

  /// The tokenizer that made the corpus, from its folder.
  ///
  /// - Throws: `.badData` where its hash is not the one the corpus was made with.
  public func loadTokenizer() throws(QuillError) -> any Tokenizer {
    let file = FilePath.join(path, TokenizerFile.name)
    let tokenizer = try TokenizerFile.load(file)
    try require(tokenizer, from: file)
    // The corpus says which token it put between documents: the folder that the tokenizer came from may have named another
    // than `<|endoftext|>`.
    return tokenizer.with(TextBounds(ends: description.endOfText.map { [$0] } ?? []))
  }

  /// Checks that a tokenizer from elsewhere, such as a checkpoint's, gives the ids of this corpus.
  ///
  /// - Parameter place: where the tokenizer comes from, for the message.
  package func require(_ tokenizer: any Tokenizer, from place: String) throws(QuillError) {
    let found = tokenizer.contentHash
    guard found == description.tokenizerHash else {
      throw QuillError(
        .badData, at: place,
        "the tokenizer is not the one that the corpus \(path) was packed with "
          + "(expected \(description.tokenizerHash.short), found \(found.short))",
        remedy: "Pack the text again with this tokenizer, or use the corpus's own.")
    }
  }
}

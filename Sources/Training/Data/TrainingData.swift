import Corpora
import Storage
import Tokenization

/// What a run reads: a packed corpus with windows to train on, windows to be judged by, and what is known about the text.
struct TrainingData {
  let corpus: Corpus
  let tokenizer: any Tokenizer
  private let validation: CorpusSplit
  /// A hash of what a resumed run relies on: the tokens and the tokenizer.
  let identity: String

  /// - Throws: `QuillError`: `.missingInput` where there is no corpus, `.badData` where it is damaged or has no
  ///   validation split.
  init(_ path: String) throws { try self.init(try Corpus.open(path)) }

  /// - Throws: `QuillError` of kind `.badData` where the corpus is damaged or has no validation split.
  init(_ corpus: Corpus) throws {
    self.corpus = corpus
    tokenizer = try corpus.loadTokenizer()
    validation = try corpus.requireValidation()
    identity = try SHA256.hash(file: FilePath.join(corpus.path, FolderManifest.fileName)).hexadecimal
  }

  /// The folder, as its user named it.
  var path: String { corpus.path }
  var vocabularySize: Int { corpus.description.vocabularySize }
  var endOfTextID: Int? { tokenizer.endOfText.map(Int.init) }
  var trainingTokens: Int { corpus.train.tokenCount }
  var validationTokens: Int { validation.tokenCount }
  /// Documents that begin in the training split.
  var trainingDocuments: Int { corpus.train.documentCount }
  /// The information content of the text, where it is known.
  var entropyFloorInBitsPerByte: Double? { corpus.description.entropyFloorBitsPerByte }

  /// What automatic values of a configuration depend on.
  var size: RunConfiguration.CorpusSize {
    RunConfiguration.CorpusSize(
      vocabularySize: vocabularySize, trainingTokens: trainingTokens, validationTokens: validationTokens)
  }

  /// Checks that both splits are long enough, before any memory is taken.
  ///
  /// - Throws: `QuillError` of kind `.badData` where one has no window of this length.
  func requireWindows(of length: Int) throws {
    guard corpus.train.tokenCount > length else {
      throw QuillError(
        .badData, at: "\(path), train split",
        "\(corpus.train.tokenCount) tokens are too few for a window of \(length) and its last target",
        remedy: "Lower model.context (\(Vocabulary.setting("context", "…"))), or pack more text.")
    }
    guard validation.tokenCount > 1 else {
      throw QuillError(
        .badData, at: "\(path), validation split", "a single token leaves nothing to predict",
        remedy: "Pack more text.")
    }
  }

  /// Batches of windows to train on, from the given window on; which window has which number is a function of the seed
  /// alone, not of the batch size.
  func trainingBatches(
    windowLength: Int, batchSize: Int, seed: UInt64, startingAt window: Int
  ) throws -> BatchLoader {
    let loader = try BatchLoader(corpus.train, windowLength: windowLength, batchSize: batchSize, seed: seed)
    try loader.restore(windowsDrawn: window)
    return loader
  }

  /// The windows of the validation split.
  ///
  /// - Parameter limit: the most windows, spread evenly over the split; nil for all.
  func validationWindows(windowLength: Int, limit: Int?) throws -> EvaluationWindows {
    try EvaluationWindows(validation, windowLength: windowLength, tokenizer: tokenizer, limit: limit)
  }

  /// The files that let another program use the tokenizer: `tokenizer.json` and `tokenizer_config.json`.
  func tokenizerFiles(contextLength: Int) -> [(name: String, bytes: [UInt8])] {
    [
      ("tokenizer.json", TokenizerFile.json(of: tokenizer)),
      ("tokenizer_config.json", TokenizerFile.configurationJSON(of: tokenizer, maximumLength: contextLength)),
    ]
  }
}

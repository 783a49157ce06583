import Corpora
import Storage
import Tokenization

/// A packed corpus as what a run reads.
struct CorpusData: TrainingData {
  let corpus: Corpus
  let tokenizer: any Tokenizer
  private let validation: CorpusSplit
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

  var path: String { corpus.path }
  var vocabularySize: Int { corpus.description.vocabularySize }
  var endOfTextID: Int? { tokenizer.endOfText.map(Int.init) }
  var trainingTokens: Int { corpus.train.tokenCount }
  var validationTokens: Int { validation.tokenCount }
  var trainingDocuments: Int { corpus.train.documentCount }
  var entropyFloorInBitsPerByte: Double? { corpus.description.entropyFloorBitsPerByte }

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

  func trainingBatches(
    windowLength: Int, batchSize: Int, seed: UInt64, startingAt window: Int
  ) throws -> any TrainingBatches {
    let loader = try BatchLoader(corpus.train, windowLength: windowLength, batchSize: batchSize, seed: seed)
    try loader.restore(windowsDrawn: window)
    return Batches(loader: loader)
  }

  func validationWindows(windowLength: Int) throws -> any ValidationWindows {
    Windows(
      windows: try EvaluationWindows(validation, windowLength: windowLength, tokenizer: tokenizer))
  }

  func tokenizerFiles(contextLength: Int) -> [(name: String, bytes: [UInt8])] {
    [
      ("tokenizer.json", TokenizerFile.json(of: tokenizer)),
      ("tokenizer_config.json", TokenizerFile.configurationJSON(of: tokenizer, maximumLength: contextLength)),
    ]
  }

  private struct Batches: TrainingBatches {
    let loader: BatchLoader

    func next(
      into inputs: UnsafeMutableBufferPointer<Int32>, targets: UnsafeMutableBufferPointer<Int32>,
      documentStarts: UnsafeMutableBufferPointer<Int32>?
    ) throws { try loader.next(into: inputs, targets: targets, documentStarts: documentStarts) }
  }

  private struct Windows: ValidationWindows {
    let windows: EvaluationWindows
    var count: Int { windows.count }

    func read(
      _ first: Int, rowCount: Int, into inputs: UnsafeMutableBufferPointer<Int32>,
      targets: UnsafeMutableBufferPointer<Int32>, documentStarts: UnsafeMutableBufferPointer<Int32>?
    ) throws -> Int {
      try windows.read(
        first, rowCount: rowCount, into: inputs, targets: targets, documentStarts: documentStarts
      ).byteCount
    }
  }
}

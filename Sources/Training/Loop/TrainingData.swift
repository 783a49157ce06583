import Transformer

/// What a run reads: windows to train on, windows to be judged by, and what is known about the text.
///
/// A corpus folder is one (`CorpusData`); tests make small ones in memory.
package protocol TrainingData {
  /// The folder, as its user named it.
  var path: String { get }
  /// A hash of what a resumed run relies on: the tokens and the tokenizer.
  var identity: String { get }
  var vocabularySize: Int { get }
  var endOfTextID: Int? { get }
  /// Tokens in the training split and in the validation split.
  var trainingTokens: Int { get }
  var validationTokens: Int { get }
  /// Documents that begin in the training split.
  var trainingDocuments: Int { get }
  /// The information content of the text, where it is known.
  var entropyFloorInBitsPerByte: Double? { get }

  /// Checks that both splits are long enough, before any memory is taken.
  ///
  /// - Throws: `QuillError` of kind `.badData` where one has no window of this length.
  func requireWindows(of length: Int) throws

  /// Batches of windows to train on, from the given window on; which window has which number is a function of the
  /// seed alone, not of the batch size.
  func trainingBatches(
    windowLength: Int, batchSize: Int, seed: UInt64, startingAt window: Int
  ) throws -> any TrainingBatches

  /// All windows of the validation split.
  func validationWindows(windowLength: Int) throws -> any ValidationWindows

  /// The files that let another program use the tokenizer: `tokenizer.json` and `tokenizer_config.json`.
  func tokenizerFiles(contextLength: Int) -> [(name: String, bytes: [UInt8])]
}

/// An endless sequence of batches.
package protocol TrainingBatches {
  /// Fills a batch: `inputs` and `targets` are `(batchSize, windowLength)`, targets one token ahead; `documentStarts`,
  /// where asked for, says for every input where in its window its document begins.
  func next(
    into inputs: UnsafeMutableBufferPointer<Int32>, targets: UnsafeMutableBufferPointer<Int32>,
    documentStarts: UnsafeMutableBufferPointer<Int32>?
  ) throws
}

/// A split cut into windows, in order; together their targets are every token of the split but the first.
package protocol ValidationWindows {
  var count: Int { get }

  /// Fills `rowCount` windows from the given one on, `(rowCount, windowLength)`; what lies past the end has input 0 and
  /// target -1. `documentStarts` is as in a batch.
  ///
  /// - Returns: the bytes of text that the targets stand for.
  func read(
    _ first: Int, rowCount: Int, into inputs: UnsafeMutableBufferPointer<Int32>,
    targets: UnsafeMutableBufferPointer<Int32>, documentStarts: UnsafeMutableBufferPointer<Int32>?
  ) throws -> Int
}

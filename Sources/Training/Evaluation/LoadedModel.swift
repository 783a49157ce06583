import Compute
import Corpora
import Kernels
import Storage
import Tokenization
import Transformer

/// A model and its tokenizer, loaded from a folder: what evaluation, scoring and generation begin with.
///
///     let loaded = try LoadedModel("checkpoints/tales")
///     let result = try loaded.evaluate(on: Corpus.open("corpora/tales"))
package struct LoadedModel {
  /// The folder the weights came from: of a run, its best checkpoint.
  package let folder: String
  package let tokenizer: any Tokenizer
  package let model: Model

  /// A model that is in memory already; `folder` is for messages.
  package init(_ model: Model, tokenizer: any Tokenizer, folder: String) {
    (self.folder, self.tokenizer, self.model) = (folder, tokenizer, model)
  }

  /// Opens a run's best checkpoint, one of its steps, or any Hugging Face folder.
  ///
  /// - Parameters:
  ///   - weights: how weights are kept; as `precision` says where nil.
  ///   - differentiable: whether gradients will go back through the model, which takes more copies of the weights, all as
  ///     `precision` says.
  ///   - threads: 0 means one per core.
  /// - Throws: `QuillError`: `.missingInput` where there is none, `.badData` where model or tokenizer is damaged or
  ///   they do not belong together.
  package init(
    _ path: String, precision: Precision.Choice = .auto, weights: WeightFormat? = nil,
    differentiable: Bool = false, threads: Int = 0, pinsThreads: Bool = false
  ) throws {
    folder = try RunFolder.modelFolder(at: path)
    tokenizer = try TokenizerFile.load(folder)
    let opened = try ModelFolder(folder)
    let configuration = opened.configuration
    guard tokenizer.vocabularySize <= configuration.vocabularySize else {
      throw QuillError(
        .badData, at: folder,
        "the tokenizer has \(tokenizer.vocabularySize) ids, the model only \(configuration.vocabularySize)",
        remedy: "Put the tokenizer.json that the model was trained with into the folder.")
    }
    let pool = try WorkerPool(
      threadCount: threads > 0 ? threads : WorkerPool.processorCount, pinsThreads: pinsThreads)
    model =
      differentiable
      ? try opened.model(differentiableIn: precision.definite, pool: pool)
      : try opened.model(weights: weights ?? precision.definite.weights, pool: pool)
  }

  /// Evaluates the model on a corpus's whole validation split, within documents if it was trained so.
  ///
  /// - Parameters:
  ///   - batch: windows in one forward pass; changes memory and speed, not the result.
  ///   - observe: shown every batch after its pass.
  ///   - progress: told the fraction done, now and then.
  /// - Throws: `QuillError`: `.badData` where the corpus is damaged, has no validation split or was made with another
  ///   tokenizer, or where the loss is not a number; `.usage` where the memory is too small for the batch.
  package func evaluate(
    on corpus: Corpus, batch: Int = 8, observe: BatchObserver? = nil, progress: (Double) -> Void = { _ in }
  ) throws -> EvaluationResult {
    guard batch >= 1 else {
      throw QuillError(.usage, at: Vocabulary.parameter("batch"), "must be at least 1, found \(batch)")
    }
    let data = try TrainingData(corpus)
    try corpus.require(tokenizer, from: folder)
    let step = try step(for: data.validationTokens - 1, atOnce: batch)
    var evaluator = try Evaluator(step: step, data: data, documentMask: try usesDocumentMask)
    guard
      let result = try evaluator.evaluate(
        observe: observe,
        shouldGoOn: { fraction in
          progress(fraction)
          return true
        })
    else { throw QuillError(.internal, at: folder, "the evaluation gave up") }
    guard result.loss.isFinite else {
      throw QuillError(.badData, at: folder, "the loss is \(result.loss): the weights are not usable")
    }
    return result
  }

  /// Whether the run that left the model attended within documents; false for other programs' folders.
  package var usesDocumentMask: Bool { get throws(QuillError) { try RunFolder.usesDocumentMask(folder) } }

  /// A pass over a text of `targetCount` tokens to predict, in windows of the model's context: no longer windows than the
  /// text, and no more of them at once than there are, for padding costs what text does.
  ///
  /// - Throws: `QuillError` of kind `.usage` where the memory is too small.
  package func step(for targetCount: Int, atOnce batch: Int) throws(QuillError) -> TrainingStep {
    let length = max(1, min(model.configuration.contextLength, targetCount))
    let batchSize = max(1, min(batch, (targetCount + length - 1) / length))
    return try .forEvaluation(of: model, windows: batchSize, length: length)
  }
}

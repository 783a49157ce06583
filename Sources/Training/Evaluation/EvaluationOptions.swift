import Compute
import Foundation
import Storage
import Tokenization
import Transformer

/// What `quill evaluate` is asked to do.
package struct EvaluationOptions: Sendable {
  /// A run folder, one of its steps, or any Hugging Face folder.
  package var checkpoint: URL
  package var corpus: URL
  /// `auto`, `fp32` or `bf16`.
  package var precision: String
  /// 0 means one per core.
  package var threads: Int
  /// Whether each thread is bound to a processor.
  package var pinsThreads = false
  /// Windows in one forward pass; changes memory and speed, not the result.
  package var batch: Int

  package init(checkpoint: URL, corpus: URL, precision: String = "auto", threads: Int = 0, batch: Int = 8) {
    self.checkpoint = checkpoint
    self.corpus = corpus
    self.precision = precision
    self.threads = threads
    self.batch = batch
  }

  /// Evaluates the checkpoint on the corpus's whole validation split, within documents if it was trained so.
  ///
  /// - Parameter progress: told the fraction done, now and then.
  /// - Throws: `QuillError`: `.missingInput` without checkpoint or corpus, `.badData` where either is damaged or
  ///   the corpus was made with another tokenizer.
  package func run(progress: (Double) -> Void = { _ in }) throws -> EvaluationResult {
    guard batch >= 1 else { throw QuillError(.usage, at: "--batch", "must be at least 1, found \(batch)") }
    let folder = try RunFolder.modelFolder(at: checkpoint.relativePath)
    let configuration = try HuggingFaceFolder.readConfiguration(folder)
    let data = try CorpusData(corpus.relativePath)
    try data.corpus.require(TokenizerFile.load(folder), from: folder)
    guard configuration.vocabularySize >= data.vocabularySize else {
      throw QuillError(
        .badData, at: folder,
        "the model has a vocabulary of \(configuration.vocabularySize), the corpus one of \(data.vocabularySize)"
      )
    }
    let model = Model(
      configuration, precision: Precision(rawValue: precision) ?? .recommended,
      pool: WorkerPool(threadCount: threads > 0 ? threads : WorkerPool.processorCount, pinsThreads: pinsThreads)
    )
    try HuggingFaceFolder.readParameters(folder, configuration, into: model.parameters.buffer)
    model.refreshComputeWeights()
    let step = TrainingStep(model: model, batchSize: batch, length: configuration.contextLength)
    let evaluator = try Evaluator(
      step: step, data: data, documentMask: try RunFolder.usesDocumentMask(folder))
    guard
      let result = try evaluator.evaluate(shouldGoOn: { fraction in
        progress(fraction)
        return true
      })
    else { throw QuillError(.internal, at: folder, "the evaluation gave up") }
    guard result.loss.isFinite else {
      throw QuillError(.badData, at: folder, "the loss is \(result.loss): the weights are not usable")
    }
    return result
  }
}

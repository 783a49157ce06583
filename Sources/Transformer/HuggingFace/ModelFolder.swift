import Compute
import Storage

/// A Hugging Face folder whose files have been found to hold the model that its `config.json` describes.
///
/// Whatever `config.json` says, a tensor that exists on disk is what memory is taken for: opening compares names and shapes
/// and takes none.
///
///     let folder = try ModelFolder("checkpoints/run")
///     let model = try folder.model(weights: .bf16, pool: pool)
package struct ModelFolder {
  package let path: String
  package let configuration: ModelConfiguration
  private let weights: WeightReader

  /// - Throws: `.missingInput` where a file is not there; `.badData` naming the key or the tensor where the folder holds no
  ///   model that Quill can compute.
  package init(_ path: String) throws(QuillError) {
    self.path = path
    configuration = try HuggingFaceFolder.readConfiguration(path)
    weights = try WeightReader(path, configuration)
  }

  /// Reads the weights of a model that only looks forward.
  ///
  /// - Throws: `.badData` where a tensor cannot be read; `.usage` where the memory is too small.
  package func model(weights format: WeightFormat, pool: WorkerPool) throws(QuillError) -> Model {
    try requireMemory(Model.plannedBytes(configuration, weights: format))
    return try filled(Model(configuration, weights: format, pool: pool))
  }

  /// Reads the weights of a model that gradients go back through, too.
  ///
  /// - Throws: `.badData` where a tensor cannot be read; `.usage` where the memory is too small.
  package func model(differentiableIn precision: Precision, pool: WorkerPool) throws(QuillError) -> Model {
    try requireMemory(Model.plannedBytes(configuration, precision: precision))
    return try filled(Model(configuration, precision: precision, pool: pool))
  }

  private func requireMemory(_ byteCount: Int) throws(QuillError) {
    try MemoryNeed.require(
      byteCount, for: "the model", remedy: "Take a smaller model, or a machine with more memory.")
  }

  private func filled(_ model: Model) throws(QuillError) -> Model {
    try weights.read(into: model.parameters.buffer)
    model.refreshComputeWeights()
    return model
  }
}

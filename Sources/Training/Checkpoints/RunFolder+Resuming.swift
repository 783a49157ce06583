import Compute
import Storage
import Transformer

extension RunFolder {
  /// Publishes weights, tokenizer, moments and state as one checkpoint.
  ///
  /// - Parameter keptSteps: see `prune`.
  func publish(
    _ state: TrainingState, model: Model, optimizer: Optimizer, data: TrainingData, keptSteps: Set<Int>
  ) throws(QuillError) {
    let configuration = model.configuration
    let tokenizerFiles = data.tokenizerFiles(contextLength: configuration.contextLength)
    try publish(state, keptSteps: keptSteps) { (draft) throws(QuillError) in
      try HuggingFaceFolder.write(
        UnsafeBufferPointer(model.parameters.buffer), configuration, endOfTextID: data.endOfTextID, into: draft)
      for file in tokenizerFiles { try draft.write(file.name, file.bytes) }
      try draft.write("training/optimizer.safetensors") { (file) throws(QuillError) in
        try SafetensorsWriter.write(to: file, optimizer.entries, metadata: ["step": "\(state.step)"])
      }
    }
  }

  /// Reads weights and moments of a verified checkpoint into a model and an optimizer that exist.
  ///
  /// - Throws: `QuillError` of kind `.badData` where the checkpoint is of another model.
  func restore(step: Int, into model: Model, _ optimizer: Optimizer) throws(QuillError) {
    let folder = checkpointPath(step: step)
    let stored = try HuggingFaceFolder.readConfiguration(folder)
    guard ParameterLayout(stored) == model.layout else {
      throw QuillError(
        .badData, at: FilePath.join(folder, "config.json"),
        "describes another model than training/state.json does")
    }
    try HuggingFaceFolder.readParameters(folder, model.configuration, into: model.parameters.buffer)
    try optimizer.read(SafetensorsFile(FilePath.join(folder, "training/optimizer.safetensors")))
    model.refreshComputeWeights()
  }
}

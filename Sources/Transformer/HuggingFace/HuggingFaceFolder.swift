import Compute
import Storage

// SAFETY: buffers are bounded and belong to the caller; they are borrowed for the call.

/// A model as a folder that `transformers` loads: `config.json`, `generation_config.json`, `model.safetensors`.
///
///     let checkpoint = try HuggingFaceFolder.load("checkpoints/run")
///     try HuggingFaceFolder.write(parameters, configuration, endOfTextID: 0, into: draft)
///
/// The families map onto `GPT2LMHeadModel`, `LlamaForCausalLM` and `Qwen3ForCausalLM`. Reading is strict: whatever
/// in a configuration would change the function that the model computes is either understood or an error.
/// Tokenizer files are not this type's business. The format is specified in `docs/formats/checkpoint.md`.
package enum HuggingFaceFolder {
  static let configurationName = "config.json"
  static let generationName = "generation_config.json"
  static let weightsName = "model.safetensors"
  static let weightsIndexName = "model.safetensors.index.json"

  /// A model that was read.
  package struct Checkpoint {
    package let configuration: ModelConfiguration
    /// Laid out as `ParameterLayout(configuration)` says.
    package let parameters: Slab<Float>
  }

  /// Writes the three files into a folder that is being published.
  ///
  /// - Parameters:
  ///   - parameters: fp32, laid out as `ParameterLayout(configuration)` says.
  ///   - endOfTextID: the token that starts and ends documents; nil where the tokenizer has none.
  /// - Throws: `.inputOutput` where the system refuses to write.
  package static func write(
    _ parameters: UnsafeBufferPointer<Float>, _ configuration: ModelConfiguration, endOfTextID: Int?,
    into draft: AtomicFolder.Draft
  ) throws(QuillError) {
    try draft.write(
      configurationName, configurationJSON(configuration, endOfTextID: endOfTextID).prettyText)
    try draft.write(generationName, generationJSON(endOfTextID: endOfTextID).prettyText)
    let entries = weightEntries(parameters, configuration)
    try draft.write(weightsName) { (file) throws(QuillError) in
      try SafetensorsWriter.write(to: file, entries)
    }
  }

  /// Reads a model of any of the three families.
  ///
  /// - Throws: `.missingInput` where a file is not there, `.badData` where one does not hold a model that Quill
  ///   can compute; the error names the key or the tensor.
  package static func load(_ folder: String) throws(QuillError) -> Checkpoint {
    let configuration = try readConfiguration(folder)
    let reader = try WeightReader(folder, configuration)
    // Only now: the files have been found to hold every tensor, so the size is one that exists on disk.
    let parameters = Slab<Float>(count: reader.layout.elementCount)
    try reader.read(into: parameters.buffer)
    return Checkpoint(configuration: configuration, parameters: parameters)
  }

  /// Reads a model's weights into memory that exists.
  ///
  /// - Parameter output: receives the parameters, laid out as `ParameterLayout(configuration)` says.
  /// - Precondition: `output` has the layout's `elementCount`.
  package static func readParameters(
    _ folder: String, _ configuration: ModelConfiguration, into output: UnsafeMutableBufferPointer<Float>
  ) throws(QuillError) {
    try WeightReader(folder, configuration).read(into: output)
  }
}

import Storage

// SAFETY: tensors have the shapes of the layout, checked before, and buffers are bounded by their counts.

/// The weights of a Hugging Face folder, in one file or in shards, checked against a configuration.
///
/// Tensors are found under their full name or, as in checkpoints of the bare model, without its first component
/// (`h.0.ln_1.weight` for `transformer.h.0.ln_1.weight`).
struct WeightReader {
  let layout: ParameterLayout
  private let configuration: ModelConfiguration
  /// The file that holds each tensor.
  private var files: [String: SafetensorsFile] = [:]
  private let folder: String

  /// Opens the files and checks that they hold every tensor of the model in its shape, and none besides.
  ///
  /// - Throws: `.missingInput` where no weights are there; `.badData` naming the tensor.
  init(_ folder: String, _ configuration: ModelConfiguration) throws(QuillError) {
    self.folder = folder
    self.configuration = configuration
    layout = ParameterLayout(configuration)
    try open()
    var expected: Set<String> = []
    for tensor in layout.tensors {
      let shape = tensor.isTransposedOnDisk ? tensor.shape.reversed() : tensor.shape
      expected.insert(try check(tensor.name, shape: shape))
    }
    for (name, count) in HuggingFaceFolder.absentBiases(configuration) where storedName(name) != nil {
      expected.insert(try check(name, shape: [count]))
    }
    for name in files.keys.sorted() where !expected.contains(name) && !isHarmless(name) {
      throw QuillError(
        .badData, at: files[name]!.path,
        "holds the tensor '\(name)', which the model of config.json does not have")
    }
  }

  /// Reads all parameters.
  ///
  /// - Parameter output: `(layout.elementCount)`; padding is left alone.
  func read(into output: UnsafeMutableBufferPointer<Float>) throws(QuillError) {
    precondition(
      output.count == layout.elementCount, "expected room for \(layout.elementCount), found \(output.count)")
    for tensor in layout.tensors {
      let values = UnsafeMutableBufferPointer(rebasing: output[tensor.range])
      if tensor.isTransposedOnDisk {
        let stored = try readStored(tensor.name, shape: tensor.shape.reversed())
        stored.withUnsafeBufferPointer {
          HuggingFaceFolder.transpose($0, rows: tensor.shape[1], columns: tensor.shape[0], into: values)
        }
      } else {
        let name = storedName(tensor.name)!
        try files[name]!.read(name, shape: tensor.shape, into: values)
      }
    }
    for (name, count) in HuggingFaceFolder.absentBiases(configuration) where storedName(name) != nil {
      guard try readStored(name, shape: [count]).allSatisfy({ $0 == 0 }) else {
        throw QuillError(
          .badData, at: "\(files[storedName(name)!]!.path), tensor '\(name)'",
          "expected zeros, since config.json says that the model has no biases")
      }
    }
  }

  private func readStored(_ name: String, shape: [Int]) throws(QuillError) -> [Float] {
    let stored = storedName(name)!
    let buffer = UnsafeMutableBufferPointer<Float>.allocate(capacity: shape.reduce(1, *))
    defer { buffer.deallocate() }
    try files[stored]!.read(stored, shape: shape, into: buffer)
    return Array(buffer)
  }
}

extension WeightReader {
  /// Opens `model.safetensors`, or the shards that `model.safetensors.index.json` names.
  private mutating func open() throws(QuillError) {
    let indexPath = FilePath.join(folder, HuggingFaceFolder.weightsIndexName)
    let singlePath = FilePath.join(folder, HuggingFaceFolder.weightsName)
    guard FilePath.exists(indexPath), !FilePath.exists(singlePath) else {
      let file = try SafetensorsFile(singlePath)
      for tensor in file.tensors { files[tensor.name] = file }
      return
    }
    let index = try JSONNode(file: indexPath)
    var shards: [String: SafetensorsFile] = [:]
    for (name, node) in try index.value("weight_map", as: JSONNode.self).members() {
      let shard = try String(json: node)
      guard FilePath.components(shard).count == 1, ![nil, "."].contains(shard.unicodeScalars.first) else {
        throw node.error("'\(shard)' is not the name of a file in this folder")
      }
      if shards[shard] == nil { shards[shard] = try SafetensorsFile(FilePath.join(folder, shard)) }
      _ = try shards[shard]!.tensor(name)
      files[name] = shards[shard]
    }
  }

  /// The name that a tensor has in the files, or nil where it is missing.
  private func storedName(_ name: String) -> String? {
    if files[name] != nil { return name }
    guard let dot = name.firstIndex(of: ".") else { return nil }
    let bare = String(name[name.index(after: dot)...])
    return files[bare] == nil ? nil : bare
  }

  /// Checks that a tensor exists in a floating-point type with this shape, and returns its name in the files.
  private func check(_ name: String, shape: [Int]) throws(QuillError) -> String {
    guard let stored = storedName(name), let file = files[stored] else {
      throw QuillError(
        .badData, at: folder, "the tensor '\(name)' is missing",
        remedy: "Check that config.json belongs to these weights.")
    }
    let tensor = try file.tensor(stored, shape: shape)
    guard [.float32, .bfloat16, .float16].contains(tensor.type) else {
      throw QuillError(
        .badData, at: "\(file.path), tensor '\(stored)'",
        "expected the dtype F32, BF16 or F16, found \(tensor.type.rawValue)")
    }
    return stored
  }

  /// Whether a tensor outside the layout carries nothing: the causal masks of old GPT-2 files, tables that can be
  /// computed, and the copy of a tied head.
  private func isHarmless(_ name: String) -> Bool {
    name.hasSuffix(".attn.bias") || name.hasSuffix(".attn.masked_bias") || name.hasSuffix("rotary_emb.inv_freq")
      || (name == "lm_head.weight" && configuration.isTied)
  }
}

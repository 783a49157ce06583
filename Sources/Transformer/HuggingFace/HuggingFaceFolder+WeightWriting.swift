import Storage

extension HuggingFaceFolder {
  /// The tensors of `model.safetensors`: the layout's, Conv1D matrices transposed, and zeros for the biases that
  /// GPT2LMHeadModel has and the model has not.
  static func weightEntries(
    _ parameters: UnsafeBufferPointer<Float>, _ configuration: ModelConfiguration
  ) -> [SafetensorsEntry] {
    let layout = ParameterLayout(configuration)
    precondition(
      parameters.count == layout.elementCount,
      "expected \(layout.elementCount) parameters, found \(parameters.count)")
    var entries = layout.tensors.map { tensor in
      let values = UnsafeBufferPointer(rebasing: parameters[tensor.range])
      return tensor.isTransposedOnDisk
        ? transposedEntry(tensor, values) : SafetensorsEntry(tensor.name, shape: tensor.shape, values)
    }
    for (name, count) in absentBiases(configuration) {
      entries.append(
        SafetensorsEntry(name, .float32, shape: [count]) { (file) throws(QuillError) in
          try file.write([UInt8](repeating: 0, count: count * MemoryLayout<Float>.size))
        })
    }
    return entries
  }

  /// The names and sizes of the biases that a checkpoint of a bias-free GPT-2 holds as zeros.
  static func absentBiases(_ configuration: ModelConfiguration) -> [(name: String, count: Int)] {
    guard configuration.family == .gpt2, !configuration.hasBias else { return [] }
    var biased = configuration
    biased.hasBias = true
    return ParameterLayout(biased).tensors.filter { $0.name.hasSuffix(".bias") }.map { ($0.name, $0.count) }
  }

  /// A matrix `(out, in)` in memory that is `(in, out)` on disk.
  private static func transposedEntry(
    _ tensor: ParameterLayout.Tensor, _ values: UnsafeBufferPointer<Float>
  ) -> SafetensorsEntry {
    let (outputs, inputs) = (tensor.shape[0], tensor.shape[1])
    return SafetensorsEntry(tensor.name, .float32, shape: [inputs, outputs]) { (file) throws(QuillError) in
      var transposed = [Float](repeating: 0, count: values.count)
      transposed.withUnsafeMutableBufferPointer {
        transpose(values, rows: outputs, columns: inputs, into: $0)
      }
      // SAFETY: the array lives until the write returns.
      let result = transposed.withUnsafeBytes { bytes in
        Result { () throws(QuillError) in try file.write(bytes) }
      }
      try result.get()
    }
  }

  /// Writes the transpose of a row-major matrix, block by block so that both sides stay in cache.
  static func transpose(
    _ source: UnsafeBufferPointer<Float>, rows: Int, columns: Int,
    into destination: UnsafeMutableBufferPointer<Float>
  ) {
    precondition(source.count == rows * columns && destination.count == source.count)
    let block = 32
    for firstRow in stride(from: 0, to: rows, by: block) {
      for firstColumn in stride(from: 0, to: columns, by: block) {
        for row in firstRow..<min(firstRow + block, rows) {
          for column in firstColumn..<min(firstColumn + block, columns) {
            destination[column * rows + row] = source[row * columns + column]
          }
        }
      }
    }
  }
}

/// Writes safetensors files laid out as the format's own library lays them out.
///
///     let tensors = [SafetensorsEntry("weight", .float32, shape: [2, 3], bytes: buffer)]
///     try SafetensorsWriter.write("model.safetensors", tensors, metadata: ["step": "100"])
///
/// Tensors are sorted by type, widest first, then by name; the header ends in spaces so that the data start at a
/// multiple of 8; `__metadata__` always has `"format": "pt"`, which `transformers` insists on.
package enum SafetensorsWriter {
  /// Writes a file atomically.
  package static func write(
    _ path: String, _ entries: [SafetensorsEntry], metadata: [String: String] = [:]
  ) throws(QuillError) {
    try AtomicFile.write(path) { (file) throws(QuillError) in try write(to: file, entries, metadata: metadata) }
  }

  /// Writes into a file that a publication made.
  ///
  /// - Precondition: names are distinct and none is `__metadata__`; every entry writes as many bytes as its shape has.
  package static func write(
    to file: OutputFile, _ entries: [SafetensorsEntry], metadata: [String: String] = [:]
  ) throws(QuillError) {
    let sorted = entries.sorted {
      $0.type == $1.type ? $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) : $0.type > $1.type
    }
    try file.write(header(sorted, metadata))
    for entry in sorted {
      let start = file.byteCount
      try entry.write(file)
      precondition(
        file.byteCount - start == entry.byteCount,
        "tensor '\(entry.name)' has \(entry.byteCount) bytes, \(file.byteCount - start) were written")
    }
  }

  private static func header(_ entries: [SafetensorsEntry], _ metadata: [String: String]) -> [UInt8] {
    var extra = metadata
    extra["format"] = nil
    let pairs = extra.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    var table = JSONObject([
      (
        "__metadata__",
        .object(JSONObject([("format", "pt")] + pairs.map { ($0.key, JSONValue.string($0.value)) }))
      )
    ])
    var offset = 0
    for entry in entries {
      let isNew = table.append(
        entry.name,
        [
          "dtype": .string(entry.type.rawValue), "shape": JSONValue(entry.shape),
          "data_offsets": JSONValue([offset, offset + entry.byteCount]),
        ])
      precondition(isNew, "the tensor name '\(entry.name)' occurs twice")
      offset += entry.byteCount
    }
    var text = Array(JSONValue.object(table).compactText.utf8)
    text.append(contentsOf: repeatElement(UInt8(ascii: " "), count: (8 - text.count % 8) % 8))
    var writer = ByteWriter()
    writer.write(UInt64(text.count))
    writer.write(text)
    return writer.bytes
  }
}

/// One tensor to be written: its description, and a closure that writes its bytes.
package struct SafetensorsEntry {
  package let name: String
  package let type: SafetensorsType
  package let shape: [Int]
  package let byteCount: Int
  let write: (OutputFile) throws(QuillError) -> Void

  /// A tensor whose bytes are made while they are written.
  ///
  /// - Parameter write: writes exactly the product of `shape` elements, little-endian, row-major.
  package init(
    _ name: String, _ type: SafetensorsType, shape: [Int],
    write: @escaping (OutputFile) throws(QuillError) -> Void
  ) {
    guard let byteCount = type.byteCount(of: shape), shape.allSatisfy({ $0 >= 0 }) else {
      preconditionFailure("tensor '\(name)' has the impossible shape \(shape)")
    }
    self.name = name
    self.type = type
    self.shape = shape
    self.byteCount = byteCount
    self.write = write
  }

  /// A tensor in memory, which must stay there until the file is written.
  package init(_ name: String, _ type: SafetensorsType, shape: [Int], bytes: UnsafeRawBufferPointer) {
    self.init(name, type, shape: shape) { (file) throws(QuillError) in try file.write(bytes) }
  }

  /// An fp32 tensor in memory, which must stay there until the file is written.
  package init(_ name: String, shape: [Int], _ values: UnsafeBufferPointer<Float>) {
    self.init(name, .float32, shape: shape, bytes: UnsafeRawBufferPointer(values))
  }
}

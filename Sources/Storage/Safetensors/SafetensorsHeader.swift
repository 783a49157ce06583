/// The table of contents of a safetensors file.
///
/// | bytes | content |
/// |---|---|
/// | 0 ..< 8 | N, little-endian u64 |
/// | 8 ..< 8 + N | JSON: name → {"dtype", "shape", "data_offsets": [begin, end]}, and `__metadata__` |
/// | 8 + N ... | the tensors' bytes; offsets count from here |
///
/// Source: huggingface/safetensors, README and `tensor.rs`, version 0.8.
struct SafetensorsHeader {
  /// The longest header that readers accept.
  static let byteCountLimit = 100_000_000

  struct Tensor {
    let name: String
    let type: SafetensorsType
    let shape: [Int]
    /// Relative to the data section.
    let range: Range<Int>
  }

  /// In the order of their data.
  let tensors: [Tensor]
  let metadata: [String: String]
  /// Where the data section starts in the file.
  let dataOffset: Int

  /// Reads and checks the header against the file that holds it.
  ///
  /// - Throws: `.badData` for whatever the format's own library rejects, and for keys that occur twice.
  init(_ file: MappedFile) throws(QuillError) {
    var reader = ByteReader(file)
    let count = try reader.read(UInt64.self)
    guard count <= UInt64(Self.byteCountLimit) else {
      throw reader.error("a header of \(count.grouped) bytes exceeds the limit of 100,000,000", at: 0)
    }
    guard Int(count) <= reader.remainingByteCount else {
      throw reader.error(
        "a header of \(count.grouped) bytes exceeds the \(reader.remainingByteCount.grouped) bytes left", at: 0)
    }
    let text = try reader.readBytes(Int(count))
    guard text.first == UInt8(ascii: "{") else {
      throw reader.error("the header does not begin with '{'", at: 8)
    }
    let root = JSONNode(try JSONValue.parse(text, place: file.path), place: file.path)

    var tensors: [Tensor] = []
    var metadata: [String: String] = [:]
    for (name, node) in try root.members() {
      if name == "__metadata__" {
        for (key, value) in try node.members() { metadata[key] = try String(json: value) }
      } else {
        tensors.append(try Self.tensor(name, node))
      }
    }
    tensors.sort { ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound) }
    try Self.checkCoverage(tensors, dataByteCount: reader.remainingByteCount, root)
    self.tensors = tensors
    self.metadata = metadata
    dataOffset = reader.offset
  }

  private static func tensor(_ name: String, _ node: JSONNode) throws(QuillError) -> Tensor {
    let typeName: String = try node.value("dtype")
    guard let type = SafetensorsType(rawValue: typeName) else {
      throw node.error("unknown dtype '\(typeName)'")
    }
    let shape: [Int] = try node.value("shape")
    let offsets: [Int] = try node.value("data_offsets")
    guard shape.allSatisfy({ $0 >= 0 }) else { throw node.error("the shape \(shape) has a negative extent") }
    guard offsets.count == 2, offsets[0] >= 0, offsets[0] <= offsets[1] else {
      throw node.error("data_offsets \(offsets) are no range")
    }
    guard let byteCount = type.byteCount(of: shape) else {
      throw node.error("the size of shape \(shape) overflows 64 bits")
    }
    guard offsets[1] - offsets[0] == byteCount else {
      throw node.error(
        "dtype \(typeName) and shape \(shape) need \(byteCount.grouped) bytes, data_offsets give "
          + (offsets[1] - offsets[0]).grouped)
    }
    return Tensor(name: name, type: type, shape: shape, range: offsets[0]..<offsets[1])
  }

  /// Checks that the tensors fill the data section without holes and overlaps.
  private static func checkCoverage(
    _ tensors: [Tensor], dataByteCount: Int, _ root: JSONNode
  ) throws(QuillError) {
    var end = 0
    for tensor in tensors {
      let start = tensor.range.lowerBound
      guard start == end else {
        throw root.error(
          "tensor '\(tensor.name)' starts at data byte \(start.grouped), expected \(end.grouped) "
            + (start < end ? "(an overlap)" : "(a hole)"))
      }
      end = tensor.range.upperBound
    }
    guard end == dataByteCount else {
      throw root.error(
        "the tensors end at data byte \(end.grouped), but the file holds \(dataByteCount.grouped) "
          + (end < dataByteCount ? "(unused bytes at the end)" : "(the file is cut off)"))
    }
  }
}

/// A safetensors file, mapped into memory and checked before anything in it is trusted.
///
///     let file = try SafetensorsFile("checkpoints/run/model.safetensors")
///     try file.read("model.norm.weight", shape: [128], into: buffer)
///
/// Rejected, each with an error of its own: a header longer than 100,000,000 bytes or than the file, JSON that is not
/// strict (also keys that occur twice), unknown dtypes, shapes whose size overflows or differs from `data_offsets`,
/// holes and overlaps between tensors, bytes after the last tensor or missing before its end, and `__metadata__`
/// values that are not strings.
package final class SafetensorsFile: Sendable {
  package struct Tensor: Sendable, Equatable {
    package let name: String
    package let type: SafetensorsType
    package let shape: [Int]
    /// Where the tensor's bytes lie in the file.
    package let range: Range<Int>

    package var count: Int { shape.reduce(1, *) }
  }

  /// In the order of their bytes.
  package let tensors: [Tensor]
  package let metadata: [String: String]
  private let file: MappedFile
  private let positions: [String: Int]

  package var path: String { file.path }

  package init(_ path: String) throws(QuillError) {
    file = try MappedFile(path)
    let header = try SafetensorsHeader(file)
    metadata = header.metadata
    tensors = header.tensors.map {
      let start = header.dataOffset + $0.range.lowerBound
      return Tensor(name: $0.name, type: $0.type, shape: $0.shape, range: start..<start + $0.range.count)
    }
    positions = Dictionary(uniqueKeysWithValues: tensors.enumerated().map { ($1.name, $0) })
  }

  /// The tensor of a name, or nil.
  package subscript(name: String) -> Tensor? { positions[name].map { tensors[$0] } }

  /// The tensor of a name.
  ///
  /// - Throws: `.badData` where there is none, or its shape is not `shape`.
  package func tensor(_ name: String, shape: [Int]? = nil) throws(QuillError) -> Tensor {
    guard let tensor = self[name] else {
      throw QuillError(.badData, at: path, "the tensor '\(name)' is missing")
    }
    if let shape, tensor.shape != shape {
      throw QuillError(
        .badData, at: "\(path), tensor '\(name)'", "expected the shape \(shape), found \(tensor.shape)")
    }
    return tensor
  }

  /// A tensor's bytes, little-endian, valid as long as this object; not aligned to the element type in files of
  /// writers that do not pad.
  package func bytes(of tensor: Tensor) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: file.bytes[tensor.range])
  }

  /// Reads a floating-point tensor (F32, BF16, F16 or F64) as fp32.
  ///
  /// - Parameter output: receives `(count)` values; F64 is rounded to nearest, the others are exact.
  /// - Throws: `.badData` where the tensor is missing or has another shape or a type that is not floating-point.
  package func read(
    _ name: String, shape: [Int], into output: UnsafeMutableBufferPointer<Float>
  ) throws(QuillError) {
    let tensor = try tensor(name, shape: shape)
    precondition(
      output.count == tensor.count, "expected room for \(tensor.count) values, found \(output.count)")
    // SAFETY: the header's check makes `source` hold exactly `count` elements of the tensor's type.
    let source = bytes(of: tensor)
    switch tensor.type {
    case .float32:
      UnsafeMutableRawBufferPointer(output).copyMemory(from: source)
    case .bfloat16:
      for index in 0..<output.count {
        let bits = source.loadUnaligned(fromByteOffset: index &* 2, as: UInt16.self)
        output[index] = Float(bitPattern: UInt32(bits) << 16)
      }
    case .float16:
      for index in 0..<output.count {
        let bits = source.loadUnaligned(fromByteOffset: index &* 2, as: UInt16.self)
        output[index] = Self.float(fromHalf: bits)
      }
    case .float64:
      for index in 0..<output.count {
        output[index] = Float(source.loadUnaligned(fromByteOffset: index &* 8, as: Double.self))
      }
    default:
      throw QuillError(
        .badData, at: "\(path), tensor '\(name)'",
        "expected a floating-point dtype (F32, BF16, F16, F64), found \(tensor.type.rawValue)")
    }
  }

  /// IEEE binary16 to binary32, exactly; `Float16` is not available on every platform.
  static func float(fromHalf bits: UInt16) -> Float {
    let sign = UInt32(bits & 0x8000) << 16
    let exponent = UInt32(bits >> 10) & 0x1F
    let fraction = UInt32(bits & 0x3FF)
    switch exponent {
    case 0:
      let magnitude = Float(fraction) * 0x1p-24
      return Float(bitPattern: magnitude.bitPattern | sign)
    case 31: return Float(bitPattern: sign | 0x7F80_0000 | fraction << 13)
    default: return Float(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
    }
  }
}

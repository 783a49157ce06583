import Foundation
import Storage

/// The tensors of a safetensors file that a generating script has left beside a test.
package struct GoldenTensors {
  private let file: SafetensorsFile

  package init(_ path: String) throws { file = try SafetensorsFile(path) }

  /// What PyTorch sees inside a checkpoint of `Tests/TransformerTests/Goldens` (`make_observation_goldens.py` there).
  package static func observation(_ name: String) throws -> GoldenTensors {
    try GoldenTensors("\(transformerFolder(name))/observation.safetensors")
  }

  /// The folder of a checkpoint of `Tests/TransformerTests/Goldens`.
  package static func transformerFolder(_ name: String) -> String {
    URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../TransformerTests/Goldens/\(name)").standardized.path
  }

  package func shape(_ name: String) throws -> [Int] { try file.tensor(name).shape }
  package func floats(_ name: String) throws -> [Float] { try elements(name, .float32) }
  package func doubles(_ name: String) throws -> [Double] { try elements(name, .float64) }
  package func integers(_ name: String) throws -> [Int32] { try elements(name, .int32) }

  private func elements<Element: BitwiseCopyable>(
    _ name: String, _ type: SafetensorsType
  ) throws -> [Element] {
    let tensor = try file.tensor(name)
    precondition(tensor.type == type, "\(name) is \(tensor.type), expected \(type)")
    let bytes = UnsafeRawBufferPointer(file.bytes(of: tensor))
    // SAFETY: the bytes are `count` elements of the type, which has been checked; the file lives while they are copied.
    return (0..<bytes.count / MemoryLayout<Element>.size).map {
      bytes.loadUnaligned(fromByteOffset: $0 * MemoryLayout<Element>.size, as: Element.self)
    }
  }
}

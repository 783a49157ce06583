import Foundation
import Storage
import Testing
import Transformer

/// A tiny checkpoint made by transformers, and what PyTorch computed with it (`Goldens/make_goldens.py`).
struct Golden: Sendable, CustomTestStringConvertible {
  let name: String

  static let all = [
    "gpt2-tied", "gpt2-untied", "gpt2-without-bias", "llama-tied", "llama-untied-one-head-group", "qwen3-tied",
    "qwen3-untied",
  ].map(Golden.init(name:))

  var testDescription: String { name }

  var folder: String {
    URL(filePath: #filePath).deletingLastPathComponent().appendingPathComponent("Goldens/\(name)").path
  }

  /// What PyTorch computed: token ids and results, row-major, in the order of windows and positions.
  struct Results {
    let length: Int
    let inputs: [Int32]
    let targets: [Int32]
    let logits: [Float]
    let losses: [Float]
    let loss: Float
    let greedy: [Int32]
    /// By the layout's names, in the layout's orientation `(out, in)`.
    let gradients: [String: [Float]]
  }

  func results(_ layout: ParameterLayout) throws -> Results {
    let file = try SafetensorsFile("\(folder)/golden.safetensors")
    func floats(_ name: String) throws -> [Float] {
      let tensor = try file.tensor(name)
      return file.bytes(of: tensor).withMemoryRebound(to: Float.self) { Array($0) }
    }
    func integers(_ name: String) throws -> [Int32] {
      let tensor = try file.tensor(name)
      return file.bytes(of: tensor).withMemoryRebound(to: Int32.self) { Array($0) }
    }
    var gradients: [String: [Float]] = [:]
    for tensor in layout.tensors {
      let stored = try floats("gradient.\(tensor.name)")
      gradients[tensor.name] =
        tensor.isTransposedOnDisk
        ? Self.transposed(stored, rows: tensor.shape[1], columns: tensor.shape[0]) : stored
    }
    return Results(
      length: try file.tensor("inputs").shape[1], inputs: try integers("inputs"),
      targets: try integers("targets"),
      logits: try floats("logits"), losses: try floats("losses"), loss: try floats("loss")[0],
      greedy: try integers("greedy"), gradients: gradients)
  }

  private static func transposed(_ matrix: [Float], rows: Int, columns: Int) -> [Float] {
    (0..<columns).flatMap { column in (0..<rows).map { matrix[$0 * columns + column] } }
  }
}

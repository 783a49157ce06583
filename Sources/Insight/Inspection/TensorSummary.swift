import Foundation
import Transformer

/// One tensor of a model: its shape and how large its numbers are.
package struct TensorSummary: Sendable {
  /// In the names of the model's folder.
  package let name: String
  /// `[out, in]` for matrices, `[count]` for vectors.
  package let shape: [Int]
  /// √Σ w², over the numbers that are finite.
  package let norm: Double
  /// max |w|, over the numbers that are finite.
  package let largest: Double
  /// Numbers that are infinite or none.
  package let nonFiniteCount: Int

  package var count: Int { shape.reduce(1, *) }
  /// √(mean w²): comparable between tensors of different sizes.
  package var rootMeanSquare: Double { norm / Double(max(1, count - nonFiniteCount)).squareRoot() }

  init(name: String, shape: [Int], values: UnsafeBufferPointer<Float>) {
    (self.name, self.shape) = (name, shape)
    var (squares, largest, nonFinite) = (0.0, Float(0), 0)
    for value in values {
      guard value.isFinite else {
        nonFinite += 1
        continue
      }
      squares += Double(value) * Double(value)
      largest = max(largest, abs(value))
    }
    (norm, self.largest, nonFiniteCount) = (squares.squareRoot(), Double(largest), nonFinite)
  }

  /// All tensors of a model, in the order of its layout.
  package static func all(of model: Model) -> [TensorSummary] {
    model.layout.tensors.map { tensor in
      TensorSummary(
        name: tensor.name, shape: tensor.shape,
        values: UnsafeBufferPointer(rebasing: model.parameters.buffer[tensor.range]))
    }
  }
}

import Compute
import Kernels
import TestSupport

/// Activations and weights of a random shape, and what their products must be.
final class ProductCase: CustomStringConvertible {
  let precision: Precision
  let rows: Int
  let inputs: Int
  let outputs: Int
  /// As stored: rounded to the precision.
  let x: [Double]
  let dy: [Double]
  let weight: [Double]
  let bias: [Float]
  /// The same in the kernels' form.
  let xMatrix: GuardedMatrix
  let dyMatrix: GuardedMatrix
  let packed: PackedWeights
  private let master: Slab<Float>
  private let packedMemory: Slab<UInt8>

  private static let margin = 128

  /// A shape of 1…200 rows, 1…200 outputs and 1…130 inputs: most are no multiples of the tiles' 6, 16 and 64.
  convenience init(seed: UInt64, _ precision: Precision) {
    var random = SeededGenerator(seed: seed)
    let rows = Int.random(in: 1...200, using: &random)
    let outputs = Int.random(in: 1...200, using: &random)
    let inputs = Int.random(in: 1...130, using: &random)
    self.init(rows: rows, inputs: inputs, outputs: outputs, precision, seed: seed)
  }

  init(rows: Int, inputs: Int, outputs: Int, _ precision: Precision, seed: UInt64) {
    (self.rows, self.inputs, self.outputs, self.precision) = (rows, inputs, outputs, precision)
    var random = SeededGenerator(seed: seed ^ 0x5eed)
    let x: [Float] = random.values(rows * inputs, scale: 2)
    let dy: [Float] = random.values(rows * outputs, scale: 2)
    let weight: [Float] = random.values(outputs * inputs)
    bias = random.values(outputs)
    self.x = x.rounded(to: precision).doubles
    self.dy = dy.rounded(to: precision).doubles
    self.weight = weight.rounded(to: precision).doubles
    xMatrix = GuardedMatrix(rows: rows, columns: inputs, precision, values: x)
    dyMatrix = GuardedMatrix(rows: rows, columns: outputs, precision, values: dy)
    master = Slab(count: outputs * inputs)
    let byteCount = PackedWeights.byteCount(
      outputCount: outputs, inputCount: inputs, format: precision.weights, hasBackward: true)
    packedMemory = Slab(count: byteCount + Self.margin)
    packedMemory.buffer.suffix(Self.margin).update(repeating: 0x7f)
    packed = PackedWeights(
      master: master.pointer, outputCount: outputs, inputCount: inputs, format: precision.weights,
      hasBackward: true,
      memory: UnsafeMutableRawPointer(packedMemory.pointer))
    // Packed twice: nothing of the first weights may stay.
    for values in [[Float](repeating: 9, count: weight.count), weight] {
      for (index, value) in values.enumerated() { master.pointer[index] = value }
      for piece in (0..<packed.pieceCount).shuffled(using: &random) { packed.refresh(piece: piece) }
    }
  }

  var description: String { "\(precision), \(rows) rows, \(inputs) inputs, \(outputs) outputs" }

  /// Whether neither operand has changed, nor anything behind the packed copies.
  var isIntact: Bool {
    xMatrix.isUnchanged && dyMatrix.isUnchanged
      && packedMemory.buffer.suffix(Self.margin).allSatisfy { $0 == 0x7f }
  }

  /// y = x · Wᵀ (+ bias), and the same of magnitudes, which is what rounding errors are relative to.
  func forward(hasBias: Bool) -> (values: [Double], magnitudes: [Double]) {
    let bias = hasBias ? self.bias.doubles : nil
    return (
      Reference.linear(x, weight: weight, bias: bias, rows: rows, inputs: inputs, outputs: outputs),
      Reference.linear(
        x.magnitudes, weight: weight.magnitudes, bias: bias?.magnitudes, rows: rows, inputs: inputs,
        outputs: outputs)
    )
  }

  /// dx = dy · W, and the same of magnitudes.
  func backwardInput() -> (values: [Double], magnitudes: [Double]) {
    func product(_ dy: [Double], _ weight: [Double]) -> [Double] {
      Reference.linearBackward(dy, x: x, weight: weight, rows: rows, inputs: inputs, outputs: outputs).dx
    }
    return (product(dy, weight), product(dy.magnitudes, weight.magnitudes))
  }

  /// The bound of a product of this depth: γ of one operation per term, the sum with a bias or an old value, and the
  /// rounding of the stored number.
  func bound(
    _ exact: (values: [Double], magnitudes: [Double]), depth: Int, stored: Precision = .fp32
  ) -> (Int) -> Double {
    let relative = Roundoff.gamma(depth + 2)
    let flush = precision == .bf16 ? Double(depth) * Roundoff.flush : 0
    return { index in
      let error = relative * exact.magnitudes[index] + flush
      return error + Roundoff.storing(stored) * (abs(exact.values[index]) + error)
    }
  }
}

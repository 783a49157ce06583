import Compute
import Foundation
import Kernels
import TestSupport
import Testing

/// GELU and SwiGLU against the references in Double on the operands as stored.
///
/// Both are products with σ(a) = 1 / (1 + e⁻ᵃ). The argument is off by at most k·u·|a| for the k operations that made it,
/// e⁻ᵃ by that and 2 ulp, so σ is off by (k|a| + 6) u of itself. A sigmoid below e⁻⁸⁷ may flush to zero.
@Suite(.timeLimit(.minutes(20))) struct ActivationTests {
  /// The reference computes 1 + tanh, which cancels in the left tail, where the kernel's σ does not.
  static let referenceError = 0x1p-52

  static let ranges = [1.0, 8, 100, 1e4]

  /// Zeros, both signs, the ends of the range of exp, and random numbers.
  static func inputs(_ range: Double, count: Int, _ precision: Precision, seed: UInt64) -> [Float] {
    var random = SeededGenerator(seed: seed)
    let special: [Float] = [0, -0.0, 1e-30, -1e-30, 9, -9, 20, -20, 88, -88, 100, -100]
    return (special + random.values(count - special.count, scale: range)).rounded(to: precision)
  }

  @Test(arguments: ranges, Precision.allCases)
  func geluMatchesReference(range: Double, precision: Precision) {
    let u = Roundoff.fp32
    for (rows, F) in [(3, 5), (3, 16), (4, 37), (1, 200)] {
      let values = Self.inputs(range, count: rows * F, precision, seed: 1)
      var random = SeededGenerator(seed: 2)
      let x = GuardedMatrix(rows: rows, columns: F, precision, values: values)
      let h = GuardedMatrix(rows: rows, columns: F, precision)
      let dh = GuardedMatrix(rows: rows, columns: F, .fp32, values: random.values(rows * F), stride: F)
      let dx = GuardedMatrix(rows: rows, columns: F, precision)
      #expect(Activation.gelu.inputColumns(F) == F)
      Activation.gelu.forward(rows: rows, F, u: x.matrix, h: h.matrix)
      Activation.gelu.backward(rows: rows, F, dh: dh.floatPointer, u: x.matrix, du: dx.matrix)

      let exact = Reference.gelu(x.values)
      let slopes = Reference.geluBackward([Double](repeating: 1, count: rows * F), x: x.values)
      func argument(_ x: Double) -> Double { 2 * (2 / Double.pi).squareRoot() * abs(x + 0.044715 * x * x * x) }
      let store = Roundoff.storing(precision)
      let forwardExcess = excess(h.values, over: exact) {
        let x = x.values[$0]
        let relative = (7 * argument(x) + 8) * u
        let size = abs(x) / (1 + Foundation.exp(-min(80, argument(x)) * (x < 0 ? -1 : 1)))
        let error = relative * size + (1 + abs(x)) * (Roundoff.flush + Self.referenceError)
        return error + store * (abs(exact[$0]) + error)
      }
      #expect(forwardExcess == nil, "\(rows) × \(F), range \(range)")
      // slope = σ + x σ (1 - σ) a′: the complement 1 - σ has an absolute error of u + δσ.
      let backwardExcess = excess(dx.values, over: pairs(dh.values, slopes).map { $0 * $1 }) {
        let x = x.values[$0]
        let a = argument(x) * (x < 0 ? -1 : 1)
        let sigma = 1 / (1 + Foundation.exp(-max(-80, a)))
        let complement = 1 / (1 + Foundation.exp(min(700, a)))
        let steepness = abs(x) * 2 * (2 / Double.pi).squareRoot() * (1 + 3 * 0.044715 * x * x)
        let relative = (7 * abs(a) + 12) * u
        let error =
          relative * sigma + steepness * sigma * (complement * relative + 2 * u + sigma * relative * complement)
          + (1 + steepness) * (Roundoff.flush + Self.referenceError)
        return abs(dh.values[$0]) * (error + store * (abs(slopes[$0]) + error)) + Roundoff.flush
      }
      #expect(backwardExcess == nil, "\(rows) × \(F), range \(range)")
      #expect(x.isUnchanged && dh.isUnchanged && h.isIntact && dx.isIntact)
    }
  }

  @Test(arguments: ranges, Precision.allCases)
  func swiGLUMatchesReference(range: Double, precision: Precision) {
    let u = Roundoff.fp32
    for (rows, F) in [(3, 5), (3, 16), (4, 37), (1, 200)] {
      let gates = Self.inputs(range, count: rows * F, precision, seed: 3)
      var random = SeededGenerator(seed: 4)
      let ups = [Float](random.values(rows * F, scale: 3)).rounded(to: precision)
      let x = GuardedMatrix(rows: rows, columns: 2 * F, precision, values: Self.join(gates, ups, F))
      let h = GuardedMatrix(rows: rows, columns: F, precision)
      let dh = GuardedMatrix(rows: rows, columns: F, .fp32, values: random.values(rows * F), stride: F)
      let dx = GuardedMatrix(rows: rows, columns: 2 * F, precision)
      #expect(Activation.swiGLU.inputColumns(F) == 2 * F)
      Activation.swiGLU.forward(rows: rows, F, u: x.matrix, h: h.matrix)
      Activation.swiGLU.backward(rows: rows, F, dh: dh.floatPointer, u: x.matrix, du: dx.matrix)

      let (gate, up) = (gates.doubles, ups.doubles)
      let exact = Reference.swiGLU(gate: gate, up: up)
      let gradients = Reference.swiGLUBackward(dh.values, gate: gate, up: up)
      let store = Roundoff.storing(precision)
      func flush(_ index: Int) -> Double { (1 + abs(gate[index])) * 4 * Roundoff.flush }
      func bound(_ exact: Double, _ index: Int, _ error: Double) -> Double {
        error + store * (abs(exact) + error) + flush(index)
      }
      let forwardExcess = excess(h.values, over: exact) {
        bound(exact[$0], $0, (abs(gate[$0]) + 9) * u * abs(exact[$0]))
      }
      #expect(forwardExcess == nil, "\(rows) × \(F), range \(range)")
      let expected = Self.join(gradients.dGate, gradients.dUp, F)
      let backwardExcess = excess(dx.values, over: expected) { place in
        let (row, column) = (place / (2 * F), place % (2 * F))
        let index = row * F + column % F
        let relative = (abs(gate[index]) + 12) * u
        if column >= F { return bound(expected[place], index, relative * abs(expected[place])) }
        // dh · up · σ · (1 + gate · (1 - σ)): the complement has an absolute error of u, besides σ's.
        let sigma = 1 / (1 + Foundation.exp(-gate[index]))
        let complement = 1 - sigma
        let size = abs(dh.values[index] * up[index]) * sigma
        let bracket =
          1 + abs(gate[index]) * complement + abs(gate[index])
          * (2 + sigma * complement * (abs(gate[index]) + 6))
        return bound(expected[place], index, size * relative * bracket)
      }
      #expect(backwardExcess == nil, "\(rows) × \(F), range \(range)")
      #expect(x.isUnchanged && dh.isUnchanged && h.isIntact && dx.isIntact)
    }
  }

  @Test func activationsKeepNaN() {
    for activation in [Activation.gelu, .swiGLU] {
      let x = GuardedMatrix(
        rows: 1, columns: activation.inputColumns(3), .fp32,
        values: [.nan, 1, 2] + (activation == .swiGLU ? [1, .nan, 1] : []))
      let h = GuardedMatrix(rows: 1, columns: 3, .fp32)
      activation.forward(rows: 1, 3, u: x.matrix, h: h.matrix)
      #expect(h.floats.map(\.isNaN) == [true, activation == .swiGLU, false])
    }
  }

  /// Rows of `(left | right)`, each F wide.
  static func join<T>(_ left: [T], _ right: [T], _ F: Int) -> [T] {
    var rows: [T] = []
    for start in stride(from: 0, to: left.count, by: F) {
      rows += left[start..<start + F] + right[start..<start + F]
    }
    return rows
  }
}

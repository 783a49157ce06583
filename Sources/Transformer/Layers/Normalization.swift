import Compute
import Kernels

// SAFETY: weights belong to the model, activations and sums to the step; rows of a loop are disjoint, and every block
// has its own sums.

/// LayerNorm (GPT-2) or RMSNorm (Llama, Qwen3) of the residual stream.
struct Normalization: @unchecked Sendable {
  /// Its number among the model's norms, which finds its partial gradients.
  let index: Int
  let width: Int
  let epsilon: Float
  /// LayerNorm rather than RMSNorm.
  let isCentered: Bool
  let weight: Vector
  let bias: Vector?

  /// What backward needs of each row.
  struct Statistics {
    let mean: UnsafeMutablePointer<Float>
    let rstd: UnsafeMutablePointer<Float>

    init(_ arena: inout Arena, rows: Int) {
      mean = arena.floats(rows)
      rstd = arena.floats(rows)
    }
  }

  /// y = norm(x) for a range of rows of x; `y` starts at the first of them.
  func forward(_ rows: Range<Int>, x: UnsafePointer<Float>, y: Matrix, _ statistics: Statistics) {
    let first = rows.lowerBound
    if isCentered {
      LayerNorm.forward(
        rows: rows.count, width, x: x + first * width, weight: weight.values, bias: bias?.values,
        epsilon: epsilon, y: y, mean: statistics.mean + first, rstd: statistics.rstd + first)
    } else {
      RMSNorm.forward(
        rows: rows.count, width, x: Matrix(rows: x + first * width, columns: width), weight: weight.values,
        epsilon: epsilon, y: y, rstd: statistics.rstd + first)
    }
  }

  /// dx += ∂norm/∂x · dy, and the parameters' gradients into the row block's own sums.
  ///
  /// - Parameter dy: the block's rows, contiguous, from its first row on.
  func backward(
    _ rows: Range<Int>, dy: UnsafePointer<Float>, x: UnsafePointer<Float>, _ statistics: Statistics,
    dx: UnsafeMutablePointer<Float>, sums: NormGradients.Sums
  ) {
    let first = rows.lowerBound
    if isCentered {
      LayerNorm.backward(
        rows: rows.count, width, dy: dy, x: x + first * width, weight: weight.values,
        mean: statistics.mean + first, rstd: statistics.rstd + first, dx: dx + first * width,
        weightGradient: sums.weight, biasGradient: bias == nil ? nil : sums.bias)
    } else {
      RMSNorm.backward(
        rows: rows.count, width, dy: Matrix(rows: dy, columns: width),
        x: Matrix(rows: x + first * width, columns: width), weight: weight.values,
        rstd: statistics.rstd + first,
        dx: Matrix(rows: dx + first * width, columns: width), weightGradient: sums.weight)
    }
  }
}

/// Sums of norm gradients, one for every norm and block of rows, which are added up at the end in a fixed order.
struct NormGradients: @unchecked Sendable {
  struct Sums {
    let weight: UnsafeMutablePointer<Float>
    let bias: UnsafeMutablePointer<Float>
  }

  let width: Int
  let blockCount: Int
  let normCount: Int
  private let memory: UnsafeMutablePointer<Float>

  init(_ arena: inout Arena, normCount: Int, blockCount: Int, width: Int) {
    self.width = width
    self.blockCount = blockCount
    self.normCount = normCount
    memory = arena.floats(2 * normCount * blockCount * width)
  }

  func sums(norm: Int, block: Int) -> Sums {
    let weight = memory + 2 * (norm * blockCount + block) * width
    return Sums(weight: weight, bias: weight + width)
  }

  func zero() { memory.update(repeating: 0, count: 2 * normCount * blockCount * width) }

  /// Adds one norm's sums to its gradients.
  func reduce(_ norm: Normalization, into gradients: UnsafeMutablePointer<Float>) {
    for block in 0..<blockCount {
      let sums = sums(norm: norm.index, block: block)
      Conversion.add(width, sums.weight, to: gradients + norm.weight.offset)
      if let bias = norm.bias { Conversion.add(width, sums.bias, to: gradients + bias.offset) }
    }
  }
}

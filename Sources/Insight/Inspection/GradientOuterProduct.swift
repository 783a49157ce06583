import COpenBLAS
import Foundation

/// The average gradient outer product of a model's first layer: which directions of the embedding's output the loss depends on.
///
///     M = 1/n · Σ g gᵀ,   g = ∂(sum of a window's losses) / ∂(the embedding's output at a position)
///
/// over the n positions of the windows; its eigenvalues are the mean squared slopes of the loss along orthogonal directions. Few
/// large ones mean that the model reads few features. Source: Radhakrishnan et al. 2024, "Mechanism for feature learning in
/// neural networks and backpropagation-free machine learning models", doi:10.1126/science.adi5639; there g is the gradient of
/// the outputs one by one, here of the loss, for a model has as many outputs as tokens.
package struct GradientOuterProduct: Sendable {
  /// Descending, all C of them; those that rounding made negative are 0.
  package let eigenvalues: [Double]
  /// n.
  package let positionCount: Int

  /// Σ λ: the mean squared length of g.
  package var trace: Double { eigenvalues.reduce(0, +) }

  /// e to the entropy of λ / Σ λ: among how many directions the slope is spread, from 1 to C (Roy & Vetterli 2007, "The effective
  /// rank"). Nil where there is no slope.
  package var effectiveRank: Double? {
    let trace = trace
    guard trace > 0 else { return nil }
    return exp(eigenvalues.reduce(0) { $1 > 0 ? $0 - $1 / trace * log($1 / trace) : $0 })
  }

  /// The share of the trace in the `count` largest eigenvalues.
  package func share(ofLargest count: Int) -> Double? {
    let trace = trace
    return trace > 0 ? eigenvalues.prefix(count).reduce(0, +) / trace : nil
  }
}

/// Adds gradients up, in Double.
struct OuterProductTally {
  private let width: Int
  /// Column-major, the upper triangle.
  private var sums: [Double]
  private(set) var rowCount = 0

  init(width: Int) {
    self.width = width
    sums = Array(repeating: 0, count: width * width)
  }

  /// - Parameter gradients: `(rows, C)`; `rows` are those that count.
  mutating func add(_ gradients: UnsafeBufferPointer<Float>, rows: [Int]) {
    var picked: [Double] = []
    picked.reserveCapacity(rows.count * width)
    for row in rows {
      for value in gradients[row * width..<(row + 1) * width] { picked.append(Double(value)) }
    }
    // Rows of (rows, C) are columns of a column-major (C, rows) matrix G; sums += G Gᵀ.
    cblas_dsyrk(
      CblasColMajor, CblasUpper, CblasNoTrans, blasint(width), blasint(rows.count), 1, picked, blasint(width),
      1, &sums, blasint(width))
    rowCount += rows.count
  }

  /// Nil where LAPACK finds no eigenvalues, as with gradients that are not finite.
  func result() -> GradientOuterProduct? {
    let scale = 1 / Double(max(1, rowCount))
    guard let values = Self.eigenvalues(ofUpper: sums.map { $0 * scale }, width) else { return nil }
    return GradientOuterProduct(eigenvalues: values.reversed().map { max(0, $0) }, positionCount: rowCount)
  }

  /// Ascending eigenvalues of a symmetric column-major matrix, of which the upper triangle is read.
  static func eigenvalues(ofUpper matrix: [Double], _ width: Int) -> [Double]? {
    guard matrix.allSatisfy(\.isFinite) else { return nil }
    var a = matrix
    var values = [Double](repeating: 0, count: width)
    var n = Int32(width)
    var info: Int32 = 0
    var size = 0.0
    var length: Int32 = -1
    dsyev_("N", "U", &n, &a, &n, &values, &size, &length, &info)
    guard info == 0 else { return nil }
    length = Int32(size)
    var work = [Double](repeating: 0, count: Int(length))
    dsyev_("N", "U", &n, &a, &n, &values, &work, &length, &info)
    return info == 0 ? values : nil
  }
}

import COpenBLAS
import Foundation

/// Weighted least squares of a few coefficients, by LAPACK's QR decomposition.
///
/// What LAPACK does here is too small for OpenBLAS to start a second thread.
struct LinearRegression: Sendable {
  let coefficients: [Double]
  /// (XᵀWX)⁻¹, `(p, p)`; times `variance` it is the coefficients' covariance.
  let inverseGram: [Double]
  /// Weighted squares of the residuals over n − p; NaN where n = p.
  let variance: Double

  /// - Parameters:
  ///   - columns: the design, one array per coefficient.
  ///   - y: what is explained.
  ///   - weights: one per row, above 0; all 1 where nil.
  /// - Returns: nil where the columns are dependent or there are fewer rows than columns.
  init?(_ columns: [[Double]], _ y: [Double], weights: [Double]? = nil) {
    let (n, p) = (y.count, columns.count)
    guard n >= p, p > 0 else { return nil }
    let roots = weights?.map { $0.squareRoot() } ?? [Double](repeating: 1, count: n)
    var a = columns.flatMap { column in zip(column, roots).map { $0 * $1 } }
    var b = zip(y, roots).map { $0 * $1 }
    let lengths = (0..<p).map { k in a[(k * n)..<((k + 1) * n)].reduce(0) { $0 + $1 * $1 }.squareRoot() }
    var (rows, count, one, info) = (Int32(n), Int32(p), Int32(1), Int32(0))
    var work = [Double](repeating: 0, count: 64 * (n + p))
    var workCount = Int32(work.count)
    dgels_("N", &rows, &count, &one, &a, &rows, &b, &rows, &work, &workCount, &info)
    // dgels reports only exact zeros on R's diagonal. What it has there is the part of a column that those before do not explain:
    // dependence up to rounding leaves a tiny one, whatever the column is counted in.
    guard info == 0, (0..<p).allSatisfy({ abs(a[$0 * n + $0]) > 1e-12 * lengths[$0] }) else { return nil }
    var inverse = [Double](repeating: 0, count: p * p)
    for column in 0..<p { for row in 0...column { inverse[column * p + row] = a[column * n + row] } }
    dpotri_("U", &count, &inverse, &count, &info)
    guard info == 0 else { return nil }
    for column in 0..<p { for row in 0..<column { inverse[row * p + column] = inverse[column * p + row] } }
    coefficients = Array(b[..<p])
    inverseGram = inverse
    let squares = b[p...].reduce(0) { $0 + $1 * $1 }
    variance = n > p ? squares / Double(n - p) : .nan
  }

  /// The standard error of a combination of the coefficients.
  ///
  /// - Parameter noise: standard deviation of a row of weight 1; what the residuals say where nil.
  func standardError(_ gradient: [Double], noise: Double? = nil) -> Double {
    let variance = noise.map { $0 * $0 } ?? variance
    return (variance * Minimizer.dot(gradient, Minimizer.times(inverseGram, gradient))).squareRoot()
  }
}

/// The ratio of the largest to the smallest singular value of a matrix whose columns are scaled to length one.
///
/// - Parameter columns: `(columns, rows)`, one column after the other.
/// - Returns: infinity where a column vanishes or LAPACK finds none.
func conditionNumber(_ columns: [Double], count: Int) -> Double {
  let n = columns.count / count
  var a = columns
  for column in 0..<count {
    let range = (column * n)..<((column + 1) * n)
    let length = a[range].reduce(0) { $0 + $1 * $1 }.squareRoot()
    guard length > 0, length.isFinite else { return .infinity }
    for index in range { a[index] /= length }
  }
  var (rows, p, one, info) = (Int32(n), Int32(count), Int32(1), Int32(0))
  var values = [Double](repeating: 0, count: min(n, count))
  var (unused, unusedToo) = ([0.0], [0.0])
  var work = [Double](repeating: 0, count: 8 * (n + count))
  var workCount = Int32(work.count)
  dgesvd_(
    "N", "N", &rows, &p, &a, &rows, &values, &unused, &one, &unusedToo, &one, &work, &workCount, &info)
  guard info == 0, let largest = values.first, let smallest = values.last, smallest > 0 else {
    return .infinity
  }
  return largest / smallest
}

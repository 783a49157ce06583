import Foundation

/// A scaling law: the loss as a function of a run's size, data and compute.
///
/// A law computes with *internal* parameters θ, in which every real number is admissible: logarithms of what must be
/// positive (E, A, B), exponents as they are. People see ``values(_:)``.
///
/// Every law here is linear in some parameters once its exponents are given; ``basis(_:_:into:target:)`` says how. That
/// makes the search for the global minimum a search over one to four exponents (variable projection).
package protocol Law: Sendable {
  /// The name on the command line.
  var form: String { get }
  /// The formula, for people.
  var formula: String { get }
  /// Every parameter in the order of θ.
  var parameters: [LawParameter] { get }

  /// ln L̂ of every row, and its derivatives by θ.
  ///
  /// - Parameters:
  ///   - values: receives `(rows)`.
  ///   - jacobian: receives `(parameters, rows)`: derivatives by θ₀ first.
  func evaluate(_ theta: [Double], _ x: Observations, values: inout [Double], jacobian: inout [Double])

  /// The columns of the linear problem that remains when the exponents are known: target ≈ Σ coefficient · column.
  ///
  /// - Parameters:
  ///   - theta: θ whose non-linear entries are given.
  ///   - columns: receives `(linear parameters, rows)`, in the order of ``linearIndices``.
  ///   - target: receives `(rows)`: what the combination must equal.
  func basis(_ theta: [Double], _ x: Observations, into columns: inout [Double], target: inout [Double])

  /// θ for one linear parameter's coefficient.
  func internalValue(coefficient: Double, of index: Int, _ theta: [Double]) -> Double
  /// The coefficient that a fixed linear parameter of ``basis(_:_:into:target:)`` stands for.
  func coefficient(of index: Int, _ theta: [Double]) -> Double

  /// θ to polish besides the grid's cells, where a grid alone is too coarse.
  ///
  /// - Parameter fit: θ of another law's best fit to the same observations; nil where there is none.
  func starts(_ x: Observations, fit: (any Law) -> [Double]?) -> [[Double]]

  /// The same law with its interchangeable parts in their order, such as breaks.
  func ordered(_ theta: [Double]) -> [Double]

  /// The parameters as people write them.
  func values(_ theta: [Double]) -> [Double]
  /// θ of the parameters as people write them.
  func theta(_ values: [Double]) -> [Double]
}

/// A law that has both a size and an amount of data, and so a compute-optimal frontier.
package protocol LawOfSizeAndData: Law {
  /// ln N*, the size with the lowest loss of all with the same ln(N·D), where every token is a new one; and a, its derivative by ln(N·D).
  ///
  /// Exact to rounding: a search that compares losses ends anywhere within 10⁻⁷, too rough for derivatives by θ.
  func optimum(_ theta: [Double], lnProduct: Double) -> (lnParameters: Double, exponent: Double)
}

/// One parameter of a law.
package struct LawParameter: Sendable {
  /// As in the papers: E, A, alpha.
  package let name: String
  /// How the value people see becomes a coordinate of θ.
  package let scale: Scale
  package let role: Role

  package enum Scale: Sendable { case logarithm, identity }

  package enum Role: Sendable {
    /// Enters linearly when the others are known; found by least squares, not below zero if `nonnegative`.
    case linear(nonnegative: Bool)
    /// Searched on a grid of internal values.
    case searched([Double])
  }

  package init(_ name: String, _ scale: Scale, _ role: Role) {
    self.name = name
    self.scale = scale
    self.role = role
  }

  /// Whether θ is a logarithm or an exponent: a number whose unit is one, whatever N, D and the loss are counted in.
  package var isPure: Bool {
    if case .linear = role, scale == .identity { false } else { true }
  }

  package func theta(_ value: Double) -> Double { scale == .logarithm ? log(value) : value }
  package func value(_ theta: Double) -> Double { scale == .logarithm ? exp(theta) : theta }

  /// The range of values that the search covers; nil for linear parameters.
  package var searchedRange: ClosedRange<Double>? {
    guard case .searched(let axis) = role, let low = axis.min(), let high = axis.max() else { return nil }
    return value(low)...value(high)
  }
}

extension Law {
  package func internalValue(coefficient: Double, of index: Int, _ theta: [Double]) -> Double {
    parameters[index].theta(coefficient)
  }
  package func coefficient(of index: Int, _ theta: [Double]) -> Double { parameters[index].value(theta[index]) }
  package func starts(_ x: Observations, fit: (any Law) -> [Double]?) -> [[Double]] { [] }
  package func ordered(_ theta: [Double]) -> [Double] { theta }
  package func values(_ theta: [Double]) -> [Double] {
    zip(parameters, theta).map { $0.value($1) }
  }
  package func theta(_ values: [Double]) -> [Double] {
    zip(parameters, values).map { $0.theta($1) }
  }

  /// The positions of the parameters that the linear problem finds.
  package var linearIndices: [Int] {
    parameters.indices.filter { if case .linear = parameters[$0].role { true } else { false } }
  }

  package var searchedIndices: [Int] {
    parameters.indices.filter { if case .searched = parameters[$0].role { true } else { false } }
  }

  package func index(of name: String) -> Int? { parameters.firstIndex { $0.name == name } }

  /// ln L̂ of every row.
  package func predict(_ theta: [Double], _ x: Observations) -> [Double] {
    var values = [Double](repeating: 0, count: x.count)
    var jacobian = [Double](repeating: 0, count: x.count * parameters.count)
    evaluate(theta, x, values: &values, jacobian: &jacobian)
    return values
  }

  /// The predicted loss of one run.
  package func loss(_ theta: [Double], _ run: TrainedRun) -> Double {
    exp(predict(theta, Observations([run]))[0])
  }
}

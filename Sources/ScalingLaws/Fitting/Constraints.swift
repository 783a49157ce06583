import Storage

/// Parameters held at a value, and parameters that share one.
package struct Constraints: Sendable, Equatable {
  /// Values by name, as people write them.
  package var fixed: [String: Double]
  /// Pairs of names that take the same value; the first leads.
  package var tied: [[String]]

  package static let none = Constraints()

  package init(fixed: [String: Double] = [:], tied: [[String]] = []) {
    self.fixed = fixed
    self.tied = tied
  }
}

/// How the free coordinates of a fit become the full θ of its law.
///
/// Solvers and differences take a step of one for a large one and a coordinate of which ten thousand are needed for one that hardly
/// matters. That holds of logarithms and exponents; other parameters, such as K of ``InteractionLaw``, are counted in units that their
/// rows give (``Problem/inUnits(at:)``).
struct ParameterMap: Sendable {
  /// For every parameter of the law: which free coordinate it follows; nil where it is fixed.
  let source: [Int?]
  /// θ with the fixed entries filled in.
  let template: [Double]
  let freeCount: Int
  /// Whether each free coordinate is a logarithm or an exponent, which has one as its unit.
  let isPure: [Bool]
  /// What each free coordinate is counted in: one for those that are pure. Powers of two, so that nothing is rounded.
  var units: [Double]

  /// - Throws: `.usage` where a name is unknown, a value is impossible or everything is fixed.
  init(_ law: some Law, _ constraints: Constraints) throws(QuillError) {
    let names = law.parameters.map(\.name)
    func index(_ name: String) throws(QuillError) -> Int {
      guard let found = names.firstIndex(of: name) else {
        throw QuillError(
          .usage, at: "parameter '\(name)'", "the form \(law.form) has no such parameter",
          remedy: "It has \(names.joined(separator: ", ")).")
      }
      return found
    }
    var template = [Double](repeating: 0, count: names.count)
    var isFixed = [Bool](repeating: false, count: names.count)
    for (name, value) in constraints.fixed {
      let position = try index(name)
      let parameter = law.parameters[position]
      guard value.isFinite, parameter.scale == .identity || value > 0 else {
        throw QuillError(
          .usage, at: "parameter '\(name)'", "\(value) is not possible: it must be above 0",
          remedy: "To leave a term out, choose a form without it, or a very small value such as 1e-9.")
      }
      template[position] = parameter.theta(value)
      isFixed[position] = true
    }
    var leader = Array(names.indices)
    for group in constraints.tied where group.count > 1 {
      let positions = try group.map { (name) throws(QuillError) in try index(name) }
      for position in positions.dropFirst() {
        let same = law.parameters[position].scale == law.parameters[positions[0]].scale
        guard same, !isFixed[position], !isFixed[positions[0]], leader[position] == position else {
          throw QuillError(
            .usage, at: "parameters \(group.joined(separator: " and "))", "they cannot be tied",
            remedy: "Tie two free exponents, or two free coefficients.")
        }
        leader[position] = leader[positions[0]]
      }
    }
    var coordinate: [Int: Int] = [:]
    for position in names.indices where !isFixed[position] && leader[position] == position {
      coordinate[position] = coordinate.count
    }
    guard !coordinate.isEmpty else {
      throw QuillError(.usage, at: "form \(law.form)", "every parameter is fixed", remedy: "Leave one free.")
    }
    source = names.indices.map { isFixed[$0] ? nil : coordinate[leader[$0]] }
    self.template = template
    freeCount = coordinate.count
    var isPure = [Bool](repeating: true, count: coordinate.count)
    for (position, target) in source.enumerated() {
      if let target, !law.parameters[position].isPure { isPure[target] = false }
    }
    self.isPure = isPure
    units = [Double](repeating: 1, count: coordinate.count)
  }

  func theta(_ free: [Double]) -> [Double] {
    source.indices.map { position in source[position].map { units[$0] * free[$0] } ?? template[position] }
  }

  /// The free coordinates of a θ: of tied parameters, the first one's.
  func free(_ theta: [Double]) -> [Double] {
    var result = [Double](repeating: 0, count: freeCount)
    for position in source.indices.reversed() {
      if let target = source[position] { result[target] = theta[position] / units[target] }
    }
    return result
  }
}

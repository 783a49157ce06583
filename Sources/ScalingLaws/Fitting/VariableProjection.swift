import Foundation

/// Searches all exponents on a grid, solving for the coefficients exactly in every cell.
///
/// The linear problem weights each row by its weight over the squared target, so that it stands for relative errors; the cell is
/// then judged by the true objective. What is found is global to the spacing of the grid.
///
/// Source: Golub & Pereyra 1973, DOI 10.1137/0710036.
struct VariableProjection {
  struct Cell {
    var free: [Double]
    var value: Double
    /// Whether no neighbour on the grid is better.
    var isLocalMinimum: Bool
  }

  let problem: Problem
  private let axes: [(positions: [Int], values: [Double])]

  /// - Parameters:
  ///   - limit: at most so many values of each exponent (the law's own number where nil); fewer where three or more exponents
  ///     would make more than `limit²` cells, though never fewer than three, or two of more than four exponents.
  init(_ problem: Problem, limit: Int? = nil) {
    self.problem = problem
    let (law, map) = (problem.law, problem.map)
    let coordinates = Set(law.searchedIndices.compactMap { map.source[$0] }).count
    var axes: [(positions: [Int], values: [Double])] = []
    var seen: [Int: Int] = [:]
    for position in law.searchedIndices {
      guard let coordinate = map.source[position], case .searched(var values) = law.parameters[position].role
      else {
        continue
      }
      if let axis = seen[coordinate] {
        axes[axis].positions.append(position)
        continue
      }
      if let limit {
        let share = Int(pow(Double(limit * limit), 1 / Double(coordinates)))
        let most = coordinates <= 2 ? limit : max(coordinates > 4 ? 2 : 3, share)
        if values.count > most { values = grid(values.first!, values.last!, most) }
      }
      seen[coordinate] = axes.count
      axes.append(([position], values))
    }
    self.axes = axes
  }

  /// Every cell, in the order of the grid (the last axis runs fastest); cells without a solution are infinite.
  ///
  /// - Parameter quick: judge cells by the linear problem's own squares instead of the objective, at half the cost.
  func cells(quick: Bool = false) -> [Cell] {
    let count = axes.reduce(1) { $0 * $1.values.count }
    var solver = LinearPart(problem)
    var theta = problem.map.template
    var cells: [Cell] = []
    cells.reserveCapacity(count)
    for index in 0..<count {
      var rest = index
      for axis in axes.reversed() {
        let value = axis.values[rest % axis.values.count]
        for position in axis.positions { theta[position] = value }
        rest /= axis.values.count
      }
      if let solved = solver.solve(theta) {
        let free = problem.map.free(solved)
        let value = quick ? solver.squares : problem.value(free)
        cells.append(Cell(free: free, value: value, isLocalMinimum: false))
      } else {
        cells.append(Cell(free: [], value: .infinity, isLocalMinimum: false))
      }
    }
    markLocalMinima(&cells)
    return cells
  }

  /// The cells worth polishing, best first: all local minima of the grid, and the best of the others, at most `limit`.
  func candidates(limit: Int, quick: Bool = false) -> [Cell] {
    let finite = cells(quick: quick).filter { $0.value.isFinite }
    let minima = finite.filter(\.isLocalMinimum).sorted { $0.value < $1.value }
    let others = finite.filter { !$0.isLocalMinimum }.sorted { $0.value < $1.value }
    return Array((minima.prefix(limit) + others.prefix(max(0, limit - minima.count))).prefix(limit))
  }

  private func markLocalMinima(_ cells: inout [Cell]) {
    var strides = [Int](repeating: 1, count: axes.count)
    for axis in axes.indices.dropLast().reversed() {
      strides[axis] = strides[axis + 1] * axes[axis + 1].values.count
    }
    for index in cells.indices where cells[index].value.isFinite {
      var isMinimum = true
      for (axis, stride) in zip(axes, strides) {
        let place = index / stride % axis.values.count
        if place > 0, cells[index - stride].value < cells[index].value { isMinimum = false }
        if place + 1 < axis.values.count, cells[index + stride].value < cells[index].value { isMinimum = false }
      }
      cells[index].isLocalMinimum = isMinimum
    }
  }
}

/// The coefficients, given the exponents.
struct LinearPart {
  private let problem: Problem
  private let indices: [Int]
  private var columns: [Double]
  private var target: [Double]
  /// Weight over squared target: least squares of relative errors.
  private var share: [Double]
  /// What the solution leaves of Σ share·target².
  private(set) var squares = Double.infinity

  init(_ problem: Problem) {
    self.problem = problem
    indices = problem.law.linearIndices
    columns = [Double](repeating: 0, count: indices.count * problem.x.count)
    target = [Double](repeating: 0, count: problem.x.count)
    share = target
  }

  /// θ with its linear entries solved for; nil where the columns are dependent.
  mutating func solve(_ given: [Double]) -> [Double]? {
    let (law, map, x) = (problem.law, problem.map, problem.x)
    let n = x.count
    law.basis(given, x, into: &columns, target: &target)
    for i in 0..<n { share[i] = x.weight[i] / (target[i] * target[i]) }
    var theta = given
    // Coordinates of the reduced problem: one per free linear parameter; tied ones add their columns.
    var coordinates: [Int] = []
    var isFree: [Bool] = []
    var reduced: [[Int]] = []
    for (column, position) in indices.enumerated() {
      guard let coordinate = map.source[position] else {
        let known = law.coefficient(of: position, theta)
        for i in 0..<n { target[i] -= known * columns[column * n + i] }
        continue
      }
      if let place = coordinates.firstIndex(of: coordinate) {
        reduced[place].append(column)
      } else {
        coordinates.append(coordinate)
        reduced.append([column])
        if case .linear(let nonnegative) = law.parameters[position].role { isFree.append(!nonnegative) }
      }
    }
    let p = reduced.count
    guard p > 0 else { return theta }
    for group in reduced where group.count > 1 {
      for i in 0..<n { for other in group.dropFirst() { columns[group[0] * n + i] += columns[other * n + i] } }
    }
    var gram = [Double](repeating: 0, count: p * p)
    var moment = [Double](repeating: 0, count: p)
    let total = share.withUnsafeBufferPointer { share in
      columns.withUnsafeBufferPointer { columns in
        target.withUnsafeBufferPointer { target in
          for a in 0..<p {
            let first = UnsafeBufferPointer(rebasing: columns[(reduced[a][0] * n)..<((reduced[a][0] + 1) * n)])
            for b in 0...a {
              let second = UnsafeBufferPointer(
                rebasing: columns[(reduced[b][0] * n)..<((reduced[b][0] + 1) * n)])
              gram[a * p + b] = tripleProduct(share, first, second)
              gram[b * p + a] = gram[a * p + b]
            }
            moment[a] = tripleProduct(share, first, target)
          }
          return tripleProduct(share, target, target)
        }
      }
    }
    guard let solution = NonnegativeLeastSquares.solve(gram: gram, moment: moment, isFree: isFree) else {
      return nil
    }
    squares = max(0, total - Minimizer.dot(solution, moment))
    for (place, coordinate) in coordinates.enumerated() {
      // A coefficient of zero has no logarithm: start a thousandth of a typical contribution above it.
      var value = solution[place]
      if value <= 0, !isFree[place] {
        value = 1e-3 * moment[place] / max(gram[place * p + place], .leastNormalMagnitude)
      }
      guard value.isFinite, value != 0 || isFree[place] else { return nil }
      for position in indices where map.source[position] == coordinate {
        theta[position] = law.internalValue(coefficient: value, of: position, theta)
        guard theta[position].isFinite else { return nil }
      }
    }
    return theta
  }
}

/// Σ a·b·c, in four interleaved sums whose order is fixed.
private func tripleProduct(
  _ a: UnsafeBufferPointer<Double>, _ b: UnsafeBufferPointer<Double>, _ c: UnsafeBufferPointer<Double>
) -> Double {
  var (s0, s1, s2, s3) = (0.0, 0.0, 0.0, 0.0)
  let whole = a.count & ~3
  for i in stride(from: 0, to: whole, by: 4) {
    s0 += a[i] * b[i] * c[i]
    s1 += a[i + 1] * b[i + 1] * c[i + 1]
    s2 += a[i + 2] * b[i + 2] * c[i + 2]
    s3 += a[i + 3] * b[i + 3] * c[i + 3]
  }
  for i in whole..<a.count { s0 += a[i] * b[i] * c[i] }
  return (s0 + s1) + (s2 + s3)
}

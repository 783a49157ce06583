import Foundation

extension LawFit {
  /// The best minimum reached from the grid and the extra starts; nil where no start is finite.
  static func search(
    _ problem: Problem, _ effort: Effort
  ) -> (theta: [Double], objective: Double, search: Search)? {
    let map = problem.map
    var starts = effort.extraStarts.map { map.free($0) }
    let grid = VariableProjection(problem, limit: effort.gridLimit)
    starts += grid.candidates(limit: effort.starts, quick: effort.isQuick).map(\.free)
    var ends: [Minimizer.Outcome] = []
    for start in starts {
      let end = problem.polish(from: start)
      if end.value.isFinite { ends.append(end) }
    }
    guard let best = ends.min(by: { $0.value < $1.value }) else { return nil }
    // A polish from the best point with a fresh metric certifies it: a stall on the way is not the end.
    var final = problem.polish(from: best.point)
    if final.value > best.value { final = best }
    let theta = map.theta(final.point)
    let minima = distinct(ends, map)
    let search = Search(
      status: final.status.rawValue, iterations: best.iterations + final.iterations, starts: ends.count,
      startsAtBest: ends.count { $0.value <= final.value * (1 + 1e-6) + 1e-300 }, minima: minima,
      atBound: bounds(problem, theta), returnedStart: best.returnedStart)
    return (theta, final.value, search)
  }

  /// Ends that differ by more than a part in 10⁴ of the objective or of a parameter are different minima.
  private static func distinct(_ ends: [Minimizer.Outcome], _ map: ParameterMap) -> [Minimum] {
    var minima: [Minimum] = []
    for end in ends.sorted(by: { $0.value < $1.value }) {
      let theta = map.theta(end.point)
      let place = minima.firstIndex { known in
        abs(end.value - known.objective) <= 1e-4 * known.objective
          && zip(theta, known.theta).allSatisfy { abs($0 - $1) <= 0.02 * max(1, abs($1)) }
      }
      if let place {
        minima[place].count += 1
      } else {
        minima.append(Minimum(theta: theta, objective: end.value, count: 1))
      }
    }
    return minima
  }

  private static func bounds(_ problem: Problem, _ theta: [Double]) -> [String] {
    problem.law.searchedIndices.compactMap { position in
      let parameter = problem.law.parameters[position]
      guard problem.map.source[position] != nil, let range = parameter.searchedRange else { return nil }
      let value = parameter.value(theta[position])
      return value <= range.lowerBound || value >= range.upperBound ? parameter.name : nil
    }
  }
}

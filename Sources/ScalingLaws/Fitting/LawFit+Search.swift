import Foundation

extension LawFit {
  /// The best minimum reached from the grid and the extra starts; nil where no start is finite.
  ///
  /// The grid needs no units; the solver takes those of its first start.
  static func search(
    _ problem: Problem, _ effort: Effort
  ) -> (theta: [Double], objective: Double, search: Search)? {
    var starts = effort.extraStarts
    let grid = VariableProjection(problem, limit: effort.gridLimit)
    starts += grid.candidates(limit: effort.starts, quick: effort.isQuick).map { problem.map.theta($0.free) }
    guard let first = starts.first else { return nil }
    let problem = problem.inUnits(at: first)
    var ends: [Minimizer.Outcome] = []
    for start in starts {
      let end = problem.polish(from: problem.map.free(start))
      if end.value.isFinite { ends.append(end) }
    }
    guard let best = ends.min(by: { $0.value < $1.value }) else { return nil }
    // A polish from the best point with a fresh metric certifies it: a stall on the way is not the end.
    var final = problem.polish(from: best.point)
    if final.value > best.value { final = best }
    let theta = problem.theta(final.point)
    let minima = distinct(ends, problem)
    let search = Search(
      status: final.status.rawValue, iterations: best.iterations + final.iterations, starts: ends.count,
      startsAtBest: ends.count { $0.value <= final.value * (1 + 1e-6) + 1e-300 }, minima: minima,
      atBound: bounds(problem, theta), returnedStart: best.returnedStart)
    return (theta, final.value, search)
  }

  /// Ends whose predictions differ by more than a tenth of the residuals somewhere are different minima; parameters may differ
  /// where nothing depends on them, as E does once it is negligible.
  static func distinct(_ ends: [Minimizer.Outcome], _ problem: Problem) -> [Minimum] {
    var minima: [(minimum: Minimum, predictions: [Double])] = []
    let lnLoss = problem.x.lnLoss
    for end in ends.sorted(by: { $0.value < $1.value }) {
      let predictions = problem.predictions(end.point)
      let squares = zip(predictions, lnLoss).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
      let tolerance = 0.1 * (squares / Double(lnLoss.count)).squareRoot() + 1e-9
      let place = minima.firstIndex { known in
        zip(predictions, known.predictions).allSatisfy { abs($0 - $1) <= tolerance }
      }
      if let place {
        minima[place].minimum.count += 1
      } else {
        minima.append((Minimum(theta: problem.theta(end.point), objective: end.value, count: 1), predictions))
      }
    }
    return minima.map(\.minimum)
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

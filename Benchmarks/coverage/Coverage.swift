import Foundation
import ScalingLaws

/// Draws tables from a known law, fits each, and counts how often the 95 % intervals hold the truth.
///
///     QUILL_EXTRAS=1 swift run -c release coverage [draws] [refits]
@main
struct Coverage {
  static func main() throws {
    let numbers = CommandLine.arguments.dropFirst().compactMap { Int($0) }
    let draws = numbers.first ?? 200
    let refits = numbers.dropFirst().first ?? 200
    let chinchilla = Chinchilla()
    let truth = chinchilla.theta([1.8172, 482.01, 0.3478, 2085.43, 0.3658])
    // Twelve sizes over a factor of 500, ten ratios over a factor of 125: as wide as the published table.
    let design = (0..<12).flatMap { size in
      (0..<10).map { ratio -> TrainedRun in
        let n = 4e7 * pow(500, Double(size) / 11)
        return TrainedRun(parameters: n, tokens: 2.5 * pow(125, Double(ratio) / 9) * n, loss: 1)
      }
    }
    for objective in [Objective.squaredLog, .huber] {
      try study(chinchilla, truth, design, objective, draws: draws, refits: refits)
    }
  }

  private static func study(
    _ law: Chinchilla, _ truth: [Double], _ design: [TrainedRun], _ objective: Objective, draws: Int,
    refits: Int
  ) throws {
    let quantities: [(String, FittedQuantity)] =
      law.parameters.enumerated().map { ($0.element.name, .parameter($0.offset)) } + [
        ("a", .exponent), ("N*(1e22)", .lnOptimalParameters(flops: 1e22)),
        ("D*(1e22)", .lnOptimalTokens(flops: 1e22)), ("L*(1e22)", .lnLoss(flops: 1e22)),
      ]
    let methods = ["pairs", "cluster", "wild", "HC3", "profile"]
    let tables = SyntheticTables(of: design, law: law, truth: truth, noise: 0.003, seed: 77)
    var hits = [[Int]](repeating: [Int](repeating: 0, count: methods.count), count: quantities.count)
    for draw in 0..<draws {
      let fit = try LawFit(law, tables.observations(draw), objective: objective)
      let bootstraps = [Bootstrap.Kind.pairs, .cluster, .wild].map {
        Bootstrap(of: fit, $0, draws: refits, seed: UInt64(draw), threads: 2)
      }
      let sandwich = Sandwich(fit)
      for (row, (_, quantity)) in quantities.enumerated() {
        let value = { (theta: [Double]) in quantity.value(law, theta) }
        let expected = value(truth)
        var intervals: [Interval?] = bootstraps.map { $0.interval(value) }
        intervals.append(sandwich?.interval(value))
        intervals.append(ProfileLikelihood(fit, quantity)?.interval)
        for (column, interval) in intervals.enumerated() where interval?.contains(expected) == true {
          hits[row][column] += 1
        }
      }
    }
    print("\(objective.description): \(draws) tables of \(design.count) runs, \(refits) refits each")
    print("share of 95 % intervals that hold the truth, in %")
    print("quantity".padded, methods.map(\.padded).joined())
    for (row, (name, _)) in quantities.enumerated() {
      let shares = hits[row].map { String(format: "%.1f", 100 * Double($0) / Double(draws)).padded }
      print(name.padded, shares.joined())
    }
  }
}

extension String {
  fileprivate var padded: String { padding(toLength: 10, withPad: " ", startingAt: 0) }
}

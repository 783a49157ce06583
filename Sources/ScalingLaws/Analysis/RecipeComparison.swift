import Foundation
import Storage
import Formatting

/// How much more compute another recipe needs than this one for the same loss.
///
///     multiplier(L) = C_other(L) / C(L),   C(L) the compute at which the frontier under C = 6ND reaches L
///
/// Each table is fitted by itself; intervals come from the refits of both, whose draws are independent.
package struct RecipeComparison: Sendable {
  package struct Row: Sendable {
    package let loss: Double
    /// Compute of this recipe and of the other one; nil where its law never gets there.
    package let flops: Double?
    package let otherFLOPs: Double?
    /// Above 1 the other recipe is the dearer one; infinite where only it never gets there, 0 where only this one never does.
    package let multiplier: Double
    /// An end is 0 or infinite where more than a fortieth of the refits never get there.
    package let interval: Interval
  }

  package let other: LawFit
  /// In the order of the losses asked for.
  package let rows: [Row]

  /// - Parameters:
  ///   - losses: where to compare; three between the ends of what both tables' frontiers cover where empty.
  /// - Throws: `.usage` for forms without a frontier; `.badData` where the other table allows no fit, or the tables have no
  ///   loss in common and none is given.
  init(
    _ fit: LawFit, _ bootstrap: Bootstrap, against table: RunTable, losses: [Double], _ settings: FitSettings
  ) throws(QuillError) {
    let mine = Frontier(fit.law, fit.theta)
    guard mine.exists else {
      throw QuillError(
        .usage, at: "form \(fit.law.form)", "it has no compute-optimal frontier to compare recipes on",
        remedy: "Choose a form of N and D, such as chinchilla.")
    }
    let x = Observations(settings.selected(table).rows)
    let other = try LawFit(
      settings.law(settings.form, x), x, objective: settings.objective, constraints: settings.constraints)
    let theirs = Frontier(other.law, other.theta)
    // Another seed: with the same one, tables of equal length would be resampled alike.
    let otherBootstrap = Bootstrap(
      of: other, settings.resampling, draws: settings.draws, seed: settings.seed &+ 1, threads: settings.threads
    )
    let asked = losses.isEmpty ? try Self.common(mine, fit, theirs, other, table.place) : losses
    let pairs = Array(zip(bootstrap.thetas, otherBootstrap.thetas))
    self.other = other
    rows = asked.map { loss in
      let ratios = Parallel.map(count: pairs.count, threads: settings.threads) { draw in
        Self.ratio(
          mine.with(pairs[draw].0).flops(forLoss: loss), theirs.with(pairs[draw].1).flops(forLoss: loss))
      }
      let (flops, otherFLOPs) = (mine.flops(forLoss: loss), theirs.flops(forLoss: loss))
      return Row(
        loss: loss, flops: flops, otherFLOPs: otherFLOPs, multiplier: Self.ratio(flops, otherFLOPs),
        interval: Self.interval(ratios, bootstrap))
    }
  }

  private static func ratio(_ flops: Double?, _ other: Double?) -> Double {
    switch (flops, other) {
    case (let flops?, let other?): other / flops
    case (_?, nil): .infinity
    case (nil, _?): 0
    case (nil, nil): .nan
    }
  }

  private static func interval(_ ratios: [Double], _ bootstrap: Bootstrap) -> Interval {
    var result = bootstrap.interval(of: ratios.map { $0 > 0 ? $0 : .nan })
    let few = Double(ratios.count) / 40
    // A refit in which neither gets there says nothing against either end.
    if Double(ratios.count { $0.isNaN || $0 == 0 }) > few { result.low = 0 }
    if Double(ratios.count { $0.isNaN || $0 == .infinity }) > few { result.high = .infinity }
    return result
  }

  /// Three losses, evenly spaced in the logarithm, inside of what both frontiers cover between their smallest and largest run.
  private static func common(
    _ mine: Frontier, _ fit: LawFit, _ theirs: Frontier, _ other: LawFit, _ place: String
  ) throws(QuillError) -> [Double] {
    func range(_ frontier: Frontier, _ fit: LawFit) -> (low: Double, high: Double) {
      let computes = fit.observations.lnCompute
      let ends = [computes.min()!, computes.max()!].map { frontier.optimum(flops: exp($0)).loss }
      return (ends.min()!, ends.max()!)
    }
    let (first, second) = (range(mine, fit), range(theirs, other))
    let (low, high) = (max(first.low, second.low), min(first.high, second.high))
    guard low < high else {
      func words(_ range: (low: Double, high: Double)) -> String {
        "\(Quantity.significant(range.low)) to \(Quantity.significant(range.high))"
      }
      throw QuillError(
        .badData, at: place,
        "its frontier covers losses from \(words(second)), this table's from \(words(first)): they share none",
        remedy: "Name losses to compare at, which extrapolates, or add runs.")
    }
    return [0.25, 0.5, 0.75].map { low * pow(high / low, 1 - $0) }
  }
}

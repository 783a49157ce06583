import Foundation
import ScalingLaws
import Formatting

/// The law that runs of a budget are placed by, and where it comes from.
///
/// A fit is taken where nothing speaks against it: no exponent at the end of the range that was searched, a floor where it
/// is free, an optimum inside of the ladder of sizes and no further than the sweep's span from where the isoFLOP minima lead. Else
/// the law so far is moved so that its optimum lies on the trend through two minima or more, or kept as it is.
package struct Placement: Sendable, Equatable {
  enum Basis: String, Sendable {
    case fit
    case minima = "isoflop_minima"
    case plan
  }

  let law: PlanningLaw
  let basis: Basis
  /// What speaks against the fit; nil where it was taken.
  let doubt: String?

  /// A floor below this share of the lowest loss is none.
  private static let vanishingFloor = 0.02

  /// - Parameters:
  ///   - budget: of the runs to place.
  ///   - fit: the law through the records; nil where they allow none.
  init(_ plan: SweepPlan, _ records: [SweepRecord], budget: Double, fit: PlanningLaw?) throws {
    let family = try ModelFamily(
      context: plan.settings.context, vocabularySize: plan.corpus.vocabularySize)
    let trend = Self.trend(records).map { family.clamped($0.optimum(flops: budget)) }
    let doubt =
      fit.map { Self.doubt($0, plan, records, family, budget, trend) } ?? "the runs allow no fit"
    self.doubt = doubt
    if let fit, doubt == nil {
      (law, basis) = (fit, .fit)
    } else if let trend {
      (law, basis) = (plan.law.moved(to: trend, flops: budget, family: family), .minima)
    } else {
      (law, basis) = (plan.law, .plan)
    }
  }

  /// The growth of the isoFLOP minima, where there are two or more and it is one that size and data can share.
  private static func trend(_ records: [SweepRecord]) -> IsoFLOPProfiles.Trend? {
    let rows = records.filter {
      $0.role.isFitted && $0.status == .finished && $0.loss != nil && $0.budget != nil
    }
    .map { record in record.trainedRun { Double($0.parameters) } }
    guard let trend = IsoFLOPProfiles(rows, in: .parameters, by: .parabola).trend,
      (0...1).contains(trend.exponent)
    else { return nil }
    return trend
  }

  private static func doubt(
    _ fit: PlanningLaw, _ plan: SweepPlan, _ records: [SweepRecord], _ family: ModelFamily, _ budget: Double,
    _ trend: Double?
  ) -> String? {
    for parameter in Chinchilla().parameters {
      guard let range = parameter.searchedRange else { continue }
      let value = parameter.name == "alpha" ? fit.alpha : fit.beta
      if value <= range.lowerBound || value >= range.upperBound {
        return
          "its \(parameter.name) is \(Quantity.significant(value)), at the end of the range that was searched"
      }
    }
    let lowest = records.compactMap { $0.role.isFitted ? $0.loss : nil }.min() ?? 0
    if plan.corpus.entropyFloorInNats == nil, fit.E < vanishingFloor * lowest {
      return "its floor E is \(Quantity.significant(fit.E)): it has none"
    }
    let best = fit.bestParameters(flops: budget, family: family)
    guard best > family.lowest * 1.001, best < family.highest / 1.001 else {
      return "its optimum at \(Quantity.significant(budget)) FLOPs lies outside of the ladder of sizes"
    }
    if let trend, abs(log(best / trend)) > log(plan.settings.span) {
      return
        "its optimum at \(Quantity.significant(budget)) FLOPs, \(Quantity.short(best)) parameters, lies "
        + "\(Quantity.significant(max(best / trend, trend / best))) times from where the minima of equal compute lead"
    }
    return nil
  }

  /// In words, for the log of a run.
  var words: String {
    guard let doubt else { return "by the fit" }
    let instead =
      switch basis {
      case .minima: "by the trend of the minima at equal compute"
      default: "by the law so far"
      }
    return "\(instead), not by the fit: \(doubt)"
  }
}

extension ModelFamily {
  /// Parameters of the smallest and of the largest member.
  var lowest: Double { Double(members.first!.parameters) }
  var highest: Double { Double(members.last!.parameters) }

  func clamped(_ parameters: Double) -> Double { min(highest, max(lowest, parameters)) }
}

extension PlanningLaw {
  /// The same exponents and floor, with A and B changed inversely so that `parameters` are best for `flops`.
  ///
  /// Where D = C / c(N), the optimum is where α·A·N^-α = κ·β·B·D^-β, κ = d ln c / d ln N. A step of the ladder makes c jump; κ is
  /// the slope over a factor of two to either side.
  func moved(to parameters: Double, flops: Double, family: ModelFamily) -> PlanningLaw {
    let (low, high) = (family.clamped(parameters / 2), family.clamped(parameters * 2))
    let (cheap, dear) = (family.flopsPerToken(parameters: low), family.flopsPerToken(parameters: high))
    let slope = log(dear / cheap) / log(high / low)
    let tokens = flops / family.flopsPerToken(parameters: parameters)
    let ratio = slope * beta * B * pow(tokens, -beta) / (alpha * A * pow(parameters, -alpha))
    var moved = self
    moved.A *= ratio.squareRoot()
    moved.B /= ratio.squareRoot()
    return moved
  }
}

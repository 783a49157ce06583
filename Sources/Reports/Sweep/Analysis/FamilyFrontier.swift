import Foundation
import ScalingLaws
import Sweeps

/// The best use of compute over a family of real architectures, FLOPs counted exactly.
///
/// C = f(N)·D with f the family's FLOPs per token; 6·N is only 0.67 to 0.95 of it for the sizes of a sweep, so the closed form of
/// ``Frontier`` does not hold here. ln f is the parabola in ln N through the family's members: between neighbours that differ in
/// depth or in width alone f has steps, which would make N* jump. For a law without an interaction of N and D,
///
///     L(N, C/f(N)) = E + A·N^-α + C^-β·B·f(N)^β
///
/// both terms are tabulated over ln N once per θ, and each budget is one pass over the table.
struct FamilyFrontier {
  struct Optimum: Equatable {
    var parameters: Double
    var tokens: Double
    var loss: Double
  }

  private let lnParameters: [Double]
  private let lnFLOPsPerToken: [Double]
  private static let points = 320
  /// How far the search reaches beyond the ladder at either end, as a factor.
  private static let reach = 16.0

  init(_ family: ModelFamily) {
    let low = log(Double(family.members.first!.parameters) / Self.reach)
    let high = log(Double(family.members.last!.parameters) * Self.reach)
    lnParameters = (0..<Self.points).map { low + (high - low) * Double($0) / Double(Self.points - 1) }
    let cost = Parabola(family.members.map { (x: log(Double($0.parameters)), y: log($0.cost.exact)) })!
    lnFLOPsPerToken = lnParameters.map { cost($0) }
  }

  /// How far apart in ln N the table's points are.
  var lnStep: Double { lnParameters[1] - lnParameters[0] }

  /// f(N), within the reach of the search.
  func flopsPerToken(parameters: Double) -> Double {
    exp(interpolated(lnFLOPsPerToken, (log(parameters) - lnParameters[0]) / lnStep))
  }

  /// The optimum at each budget under one θ of ``Chinchilla``; its loss is infinite where θ is beyond all measure, as refits to
  /// resampled runs can be.
  func optima(_ theta: [Double], flops: [Double]) -> [Optimum] {
    let floor = exp(theta[0])
    let size = lnParameters.map { exp(theta[1] - theta[2] * $0) }
    let data = lnFLOPsPerToken.map { exp(theta[3] + theta[4] * $0) }
    return flops.map { budget in
      let scale = pow(budget, -theta[4])
      var best = 0
      var lowest = Double.infinity
      for index in size.indices {
        let loss = size[index] + scale * data[index]
        if loss < lowest { (lowest, best) = (loss, index) }
      }
      let place = refined(best) { size[$0] + scale * data[$0] }
      let lnN = interpolated(lnParameters, place)
      return Optimum(
        parameters: exp(lnN), tokens: budget / exp(interpolated(lnFLOPsPerToken, place)), loss: floor + lowest)
    }
  }

  /// The vertex of the parabola through the lowest point of the table and its neighbours, in units of the table's step.
  private func refined(_ best: Int, _ value: (Int) -> Double) -> Double {
    guard best > 0, best + 1 < lnParameters.count else { return Double(best) }
    let (below, here, above) = (value(best - 1), value(best), value(best + 1))
    let curvature = below - 2 * here + above
    let shift = 0.5 * (below - above) / curvature
    return Double(best) + (curvature > 0 && shift.isFinite ? shift : 0)
  }

  private func interpolated(_ table: [Double], _ place: Double) -> Double {
    let low = Int(min(max(0, place), Double(table.count - 2)))
    return table[low] + (place - Double(low)) * (table[low + 1] - table[low])
  }
}

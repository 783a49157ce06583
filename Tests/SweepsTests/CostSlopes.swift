import Foundation

@testable import Sweeps

extension ModelFamily {
  /// The slopes of the cost of a token, ∂ ln f/∂ ln N, between neighbours on the ladder wherever a size lies in a range: it is a power
  /// law between any two.
  func costSlopes(from low: Double, to high: Double) -> ClosedRange<Double> {
    let slopes = zip(members, members.dropFirst()).filter { first, second in
      Double(first.parameters) <= high && Double(second.parameters) >= low
    }.map { first, second in
      log(second.cost.exact / first.cost.exact) / log(Double(second.parameters) / Double(first.parameters))
    }
    return slopes.min()!...slopes.max()!
  }

  /// The slopes at a size that was searched in steps of 2 %: two of them where it may be a member's.
  func costSlopes(near parameters: Double) -> ClosedRange<Double> {
    costSlopes(from: 0.98 * parameters, to: 1.02 * parameters)
  }
}

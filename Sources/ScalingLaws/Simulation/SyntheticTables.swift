import Foundation
import Randomness

/// Tables that a known law would have given: its losses at a design, times exp(noise · normal).
package struct SyntheticTables: Sendable {
  private let design: Observations
  private let truth: [Double]
  package let noise: Double
  private let seed: UInt64
  /// The Philox domain of simulated noise.
  private static let domain: UInt32 = 0x5C01

  /// - Parameters:
  ///   - noise: standard deviation of ln L.
  package init(of plan: [TrainedRun], law: any Law, truth theta: [Double], noise: Double, seed: UInt64) {
    design = Observations(plan)
    truth = law.predict(theta, design)
    self.noise = noise
    self.seed = seed
  }

  /// The table of one draw: a pure function of seed and draw.
  package func observations(_ draw: Int) -> Observations {
    var stream = PhiloxStream(seed: seed, domain: Self.domain, index: UInt64(draw))
    return design.replacing(lnLoss: truth.map { $0 + noise * stream.normal() })
  }
}

import Formatting
import Foundation

/// How exactly runs are judged, by windows of the validation split.
///
/// All runs see the same windows. What makes a window hard makes it hard for every model: most of an evaluation's error is
/// common to the runs, moves all losses by the same share, and is no matter to exponents and best sizes. What scatters the runs around
/// a law is each run's *own* part. The rule (``largestShare``) compares that part with σ, the scatter between seeds, measured on the same
/// windows. A third of σ is a ninth of the variance, and makes σ itself 6 % too large at most.
package enum EvaluationNoise {
  /// σ of ln L from seed to seed, where it has not been measured.
  package static let assumedSeedNoise = 0.005
  /// The standard deviation of a window's loss as a share of the mean loss, by windows of 256 tokens.
  static let windowSpread = 0.13
  /// The share of an evaluation's variance that two runs have in common (`LOG.md`, 2026-11-21).
  static let commonVariance = 0.9
  /// What a run's own part may be of σ.
  package static let largestShare = 1.0 / 3

  private static let measuredContext = 256.0

  /// A run's own part of an evaluation's standard error.
  package static func ownPart(of standardError: Double) -> Double {
    standardError * (1 - commonVariance).squareRoot()
  }

  /// The windows at which a run's own part is a third of the assumed noise, as far as the validation split has them.
  ///
  /// Windows of other lengths spread as if their tokens were independent.
  package static func windows(context: Int, validationTokens: Int) -> Int {
    let spread = windowSpread * (measuredContext / Double(context)).squareRoot()
    let own = ownPart(of: spread) / (largestShare * assumedSeedNoise)
    let wanted = Int(clamped: min(1e9, (own * own / 16).rounded(.up))) * 16
    return max(2, min(wanted, available(context: context, validationTokens: validationTokens)))
  }

  /// The windows of a validation split: the token after each is predicted too.
  static func available(context: Int, validationTokens: Int) -> Int { max(0, validationTokens - 1) / context }

  /// The windows at which an own part measured with some would be small enough beside the scatter of seeds.
  static func windows(from present: Int, ownPart: Double, noise: Double) -> Int {
    let excess = ownPart / (largestShare * noise)
    return Int(clamped: (Double(present) * excess * excess).rounded(.up))
  }
}

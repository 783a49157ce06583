import Foundation
import Storage

/// Where the solver ends from a published grid of starting points, for parity with fits that were made that way.
///
/// The fit itself needs no starts: all its exponents are searched. The starts are the 4,500 of Hoffmann et al. 2022, appendix D.3
/// (α, β ∈ {0, ½ … 2}, e ∈ {−1, −½ … 1}, a, b ∈ {0, 5 … 25}, lower case being logarithms), the parameters that they
/// published, unrounded, and those of Besiroglu et al. 2024, arXiv:2404.10102.
package struct StartStudy: Sendable {
  package let starts: Int
  /// Starts that ended within one part in 10⁶ of the best objective known.
  package let startsAtBest: Int
  /// Distinct ends, best first, with how many starts led to each.
  package let minima: [LawFit.Minimum]
  /// Whether the best end is the fit's own minimum, or above it.
  package let confirmsFit: Bool
  package let seconds: Double

  /// - Parameter grid: θ of starts, besides the published parameters.
  /// - Throws: `.usage` for a form other than ``Chinchilla``, which has no published grid.
  package init(
    _ fit: LawFit, grid: [[Double]] = Self.hoffmann, threads: Int = 1
  ) throws(QuillError) {
    guard fit.law is Chinchilla else {
      throw QuillError(
        .usage, at: "published starts", "the form \(fit.law.form) has none",
        remedy: "Use them with the form chinchilla.")
    }
    let began = ContinuousClock.now
    let starts = grid + Self.published
    let found = Parallel.map(count: starts.count, threads: threads) { index in
      Problem(fit.law, fit.map, fit.observations, fit.objective).polish(from: fit.map.free(starts[index]))
    }
    let ends = found.filter { $0.value.isFinite }
    let lowest = min(fit.minimum, ends.map(\.value).min() ?? .infinity)
    self.starts = starts.count
    startsAtBest = ends.count { $0.value <= lowest * (1 + 1e-6) + 1e-300 }
    minima = LawFit.distinct(ends, Problem(fit.law, fit.map, fit.observations, fit.objective))
    confirmsFit = fit.minimum <= lowest * (1 + 1e-6) + 1e-300
    seconds = (ContinuousClock.now - began) / .seconds(1)
  }

  /// θ = (e, a, α, b, β) of every start.
  package static let hoffmann: [[Double]] = {
    let exponents = ScalingLaws.grid(0, 2, 5)
    let floors = ScalingLaws.grid(-1, 1, 5)
    let coefficients = ScalingLaws.grid(0, 25, 6)
    var result: [[Double]] = []
    for alpha in exponents {
      for beta in exponents {
        for e in floors {
          for a in coefficients { for b in coefficients { result.append([e, a, alpha, b, beta]) } }
        }
      }
    }
    return result
  }()

  static let published = [
    [1.6934, 406.4, 0.33917, 410.72, 0.28491], [1.8172, 482.01, 0.3478, 2085.43, 0.3658],
  ].map { Chinchilla().theta($0) }
}

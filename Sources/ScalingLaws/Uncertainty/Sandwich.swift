import Foundation

/// The covariance of a fit's parameters without resampling: the HC3 sandwich.
///
///     V = H⁻¹·(Σ ψᵢ²/(1 − hᵢ)²·jᵢjᵢᵀ)·H⁻¹,   H = Σ ψ'ᵢ·jᵢjᵢᵀ
///
/// j is ∂ ln L̂/∂θ, h the leverage, ψ the objective's slope. The plain covariance assumes one noise for all runs and was half
/// as wide on published data. Source: MacKinnon & White 1985, DOI 10.1016/0304-4076(85)90158-7; ψ' of objectives with a kink by a window
/// around zero, Powell 1991, in "Nonparametric and Semiparametric Methods in Econometrics and Statistics".
package struct Sandwich: Sendable {
  /// Over the free coordinates, `(p, p)`.
  let covariance: [Double]
  /// hᵢ of every row, under least squares of ln L.
  package let leverage: [Double]
  /// H⁻¹: what the covariance would be if the objective were −ln of the likelihood.
  private let bread: [Double]
  private let fit: LawFit
  private let derivatives: [Double]
  /// (Σ wᵢ·jᵢjᵢᵀ)⁻¹.
  private let inverseGram: [Double]

  /// Nil where the design does not determine the parameters.
  package init?(_ fit: LawFit) {
    self.fit = fit
    let problem = Problem(fit.law, fit.map, fit.observations, fit.objective)
    let (n, p) = (fit.observations.count, fit.map.freeCount)
    let free = fit.free
    let j = problem.derivatives(free)
    let (slopes, curvatures) = problem.slopes(free)
    let weights = fit.observations.weight
    func gram(_ factor: (Int) -> Double) -> [Double] {
      var matrix = [Double](repeating: 0, count: p * p)
      for a in 0..<p {
        for b in 0..<p {
          var sum = 0.0
          for i in 0..<n { sum += factor(i) * j[a * n + i] * j[b * n + i] }
          matrix[a * p + b] = sum
        }
      }
      return matrix
    }
    guard let inverse = SmallMatrix.inverse(gram { weights[$0] }, p, isPure: fit.map.isPure),
      let bread = SmallMatrix.inverse(gram { weights[$0] * curvatures[$0] }, p, isPure: fit.map.isPure)
    else { return nil }
    self.bread = bread
    derivatives = j
    inverseGram = inverse
    leverage = (0..<n).map { i in
      let row = (0..<p).map { j[$0 * n + i] }
      return min(0.999, fit.observations.weight[i] * Minimizer.dot(row, Minimizer.times(inverse, row)))
    }
    let leverage = leverage
    let meat = gram { pow(weights[$0] * slopes[$0] / (1 - leverage[$0]), 2) }
    covariance = (0..<p * p).map { index in
      let (a, b) = (index / p, index % p)
      var sum = 0.0
      for c in 0..<p { for d in 0..<p { sum += bread[a * p + c] * meat[c * p + d] * bread[d * p + b] } }
      return sum
    }
  }

  /// H of two rows: how much one's loss moves the other's prediction under least squares of ln L. Symmetric: with weights, in units of
  /// √w.
  func hat(_ row: Int, _ column: Int) -> Double {
    let (n, p) = (fit.observations.count, fit.map.freeCount)
    let left = (0..<p).map { derivatives[$0 * n + row] }
    let right = (0..<p).map { derivatives[$0 * n + column] }
    let weight = (fit.observations.weight[row] * fit.observations.weight[column]).squareRoot()
    return weight * Minimizer.dot(left, Minimizer.times(inverseGram, right))
  }

  /// The factor that makes 2·Δobjective / scale a χ² statistic for one quantity: its variance over what the objective's own curvature
  /// says. Source: Rotnitzky & Jewell 1990, DOI 10.1093/biomet/77.3.485.
  package func scale(_ quantity: ([Double]) -> Double) -> Double {
    let gradient = numericGradient(fit.free) { quantity(fit.map.theta($0)) }
    return Minimizer.dot(gradient, Minimizer.times(covariance, gradient))
      / Minimizer.dot(gradient, Minimizer.times(bread, gradient))
  }

  /// The standard deviation of a quantity, by the delta method.
  package func standardError(_ quantity: ([Double]) -> Double) -> Double {
    let gradient = numericGradient(fit.free) { quantity(fit.map.theta($0)) }
    return Minimizer.dot(gradient, Minimizer.times(covariance, gradient)).squareRoot()
  }

  /// Estimate ± t·deviation, with n − p degrees of freedom.
  package func interval(level: Double = 0.95, _ quantity: ([Double]) -> Double) -> Interval {
    let middle = quantity(fit.theta)
    let reach = StudentT.quantile(0.5 + 0.5 * level, Double(fit.observations.count - fit.freeCount))
    let distance = reach * standardError(quantity)
    return Interval(low: middle - distance, high: middle + distance)
  }
}

extension Problem {
  /// ψ and ψ' of every row with respect to ln L̂.
  ///
  /// Few residuals lie within a small δ, so the jump of ψ there is spread over a window as wide as a density estimate's
  /// (Silverman's rule).
  func slopes(_ free: [Double]) -> (slopes: [Double], curvatures: [Double]) {
    let values = predictions(free)
    let residuals = values.indices.map { i in
      objective.isRaw ? exp(values[i]) - x.loss[i] : values[i] - x.lnLoss[i]
    }
    let chains = values.map { objective.isRaw ? exp($0) : 1 }
    let slopes = zip(residuals, chains).map { objective.cost($0).slope * $1 }
    let delta: Double? =
      switch objective.kind {
      case .huber(let delta): delta
      case .absolute: 0
      case .squaredLog, .squaredRaw: nil
      }
    guard let delta else {
      return (slopes, zip(residuals, chains).map { objective.side($0) * $1 * $1 })
    }
    let spread = 1.4826 * Quantiles(residuals.map(abs))(0.5)
    let window = max(delta, 1.06 * spread * pow(Double(residuals.count), -0.2), 1e-12)
    // ∫ψ' over the window is 2δ (for |r|, the jump of 2).
    let height = (delta > 0 ? delta : 1) / window
    return (slopes, residuals.map { abs($0) <= window ? objective.side($0) * height : 0 })
  }
}

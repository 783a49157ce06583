/// What a fit minimises: a sum over rows of weight · ρ(residual).
///
/// The residual is ln L̂ − ln L, so that a predicted loss 1 % too high counts alike at every scale; `squaredRaw` takes L̂ − L.
/// The *sum*, not the mean: with a mean and an absolute tolerance, solvers stop early (Besiroglu et al. 2024 trace the
/// published Chinchilla exponents to exactly that).
package struct Objective: Sendable, Equatable {
  package enum Kind: Sendable, Equatable {
    /// r²/2 within δ, δ(|r| − δ/2) beyond.
    case huber(delta: Double)
    /// |r|: least absolute deviation.
    case absolute
    /// r²/2.
    case squaredLog
    /// (L̂ − L)²/2.
    case squaredRaw
  }

  package var kind: Kind
  /// Predictions above the data cost this much more: measured losses err upwards, by runs that were not tuned.
  package var overestimatePenalty: Double

  /// The field's default.
  package static let huber = Objective(.huber(delta: 1e-3))
  package static let absolute = Objective(.absolute)
  package static let squaredLog = Objective(.squaredLog)
  package static let squaredRaw = Objective(.squaredRaw)

  package init(_ kind: Kind, overestimatePenalty: Double = 1) {
    self.kind = kind
    self.overestimatePenalty = overestimatePenalty
  }

  /// For people.
  package var description: String {
    let name =
      switch kind {
      case .huber(let delta): "huber(delta \(delta)) on ln L, sum"
      case .absolute: "least absolute deviation of ln L"
      case .squaredLog: "squared error of ln L"
      case .squaredRaw: "squared error of L"
      }
    return overestimatePenalty == 1 ? name : name + ", overestimates × \(overestimatePenalty)"
  }

  var isRaw: Bool { kind == .squaredRaw }

  /// What a residual's cost is multiplied by.
  func side(_ residual: Double) -> Double { residual > 0 ? overestimatePenalty : 1 }

  /// ρ, its derivative ψ, and the curvature that an iteratively reweighted fit uses, ψ/r.
  @inline(__always)
  func cost(_ residual: Double) -> (value: Double, slope: Double, curvature: Double) {
    let side = side(residual)
    let size = abs(residual)
    switch kind {
    case .squaredLog, .squaredRaw:
      return (side * 0.5 * residual * residual, side * residual, side)
    case .huber(let delta):
      if size <= delta { return (side * 0.5 * residual * residual, side * residual, side) }
      return (side * delta * (size - 0.5 * delta), side * (residual > 0 ? delta : -delta), side * delta / size)
    case .absolute:
      return (side * size, side * (residual > 0 ? 1 : residual < 0 ? -1 : 0), side / max(size, 1e-9))
    }
  }
}

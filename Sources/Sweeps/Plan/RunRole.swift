/// What a run is for.
package enum RunRole: String, Sendable, Codable, CaseIterable {
  /// A point that laws are fitted to.
  case grid
  /// A grid point again under another seed, to know the noise.
  case noise
  /// A point under another learning rate, to check the rule.
  case rate
  /// A constant learning rate, from whose checkpoints branches start.
  case trunk
  /// The decay of a trunk to one horizon: a point that laws are fitted to.
  case branch
  /// The largest run, predicted before it starts and never fitted to.
  case verification

  /// Whether laws are fitted to runs of this role.
  package var isFitted: Bool { self == .grid || self == .noise || self == .branch }

  /// The phase in which it is done.
  package var phase: SweepPlan.Phase {
    switch self {
    case .rate: .rates
    case .grid, .noise, .trunk, .branch: .grid
    case .verification: .verification
    }
  }
}

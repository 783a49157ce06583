/// Something the data or a fit does that a reader of the result must know: a code for machines, words for people.
public struct Notice: Sendable, Equatable {
  public let code: Code
  /// What was found, with its numbers.
  public let message: String
  /// What to do about it.
  public let remedy: String

  package init(_ code: Code, _ message: String, remedy: String) {
    self.code = code
    self.message = message
    self.remedy = remedy
  }

  /// Every code that a table or a fit can raise.
  public enum Code: String, Sendable, CaseIterable {
    // The table.
    case rowsLeftOut = "rows_left_out"
    case duplicateRows = "duplicate_rows"
    case suspiciousUnits = "suspicious_units"
    case mixedLossUnits = "mixed_loss_units"
    case mixedConvention = "mixed_n_convention"
    case computeNot6ND = "c_not_6nd"
    // The design.
    case collinearDesign = "collinear_design"
    case tooFewSizes = "too_few_sizes"
    case undertrained
    case repeatedEpochs = "repeated_epochs"
    case epochsBounded = "epochs_bounded"
    case evaluationNoise = "evaluation_noise"
    case noiseUnknown = "noise_unknown"
    case rateAtEdge = "lr_at_edge"
    case decayMismatch = "decay_mismatch"
    case longWarmup = "warmup_fraction"
    // The fit.
    case minimumAtEdge = "min_at_edge"
    case parameterAtBound = "parameter_at_bound"
    case localMinima = "local_minima"
    case startReturned = "start_returned"
    case notConverged = "not_converged"
    case floorUnidentified = "E_unidentified"
    case formRejected = "form_rejected"
    case extrapolation = "extrapolation_distance"
    case approachesDisagree = "approaches_disagree"
    case objectivesDisagree = "objectives_disagree"
  }
}

/// Something the data or a fit does that a reader of the result must know: a code for machines, words for people.
public struct Notice: Sendable, Equatable {
  /// What kind of thing was found.
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
    /// Rows did not take part, on purpose: unused, unfinished, held out, trials.
    case rowsLeftOut = "rows_left_out"
    /// Rows repeat each other.
    case duplicateRows = "duplicate_rows"
    /// A column looks as if it were in millions or thousands.
    case suspiciousUnits = "suspicious_units"
    /// Losses look as if some were in bits and some in nats.
    case mixedLossUnits = "mixed_loss_units"
    /// Sizes look counted with embeddings in some rows and without in others.
    case mixedConvention = "mixed_n_convention"
    /// C is not 6·N·D: frontiers differ with the convention.
    case computeNot6ND = "c_not_6nd"
    // The design.
    /// Size and data rise together: their exponents cannot be told apart.
    case collinearDesign = "collinear_design"
    /// There are too few model sizes for an exponent of size.
    case tooFewSizes = "too_few_sizes"
    /// Runs have very few tokens per parameter.
    case undertrained
    /// Runs repeat their corpus more often than a law without repetition bears.
    case repeatedEpochs = "repeated_epochs"
    /// Runs were left out of a plan, for they would repeat the corpus too often.
    case epochsBounded = "epochs_bounded"
    /// Validation is too small for the differences that are asked for.
    case evaluationNoise = "evaluation_noise"
    /// No two runs share size and data, so the noise between seeds is unknown.
    case noiseUnknown = "noise_unknown"
    /// The best learning rate lies at the edge of those tried.
    case rateAtEdge = "lr_at_edge"
    /// Learning rates do not end their decay with the run.
    case decayMismatch = "decay_mismatch"
    /// Warmup takes a large part of a run.
    case longWarmup = "warmup_fraction"
    // The fit.
    /// The best size of a budget lies at the edge of those tried.
    case minimumAtEdge = "min_at_edge"
    /// A parameter lies at the end of the range that is searched.
    case parameterAtBound = "parameter_at_bound"
    /// The search found several minima of nearly the same height.
    case localMinima = "local_minima"
    /// The best start could not be improved at all.
    case startReturned = "start_returned"
    /// The minimiser gave up before the minimum.
    case notConverged = "not_converged"
    /// The table does not reach close enough to E to tell it.
    case floorUnidentified = "E_unidentified"
    /// Residuals have a pattern that the form cannot follow.
    case formRejected = "form_rejected"
    /// A prediction lies far outside the table.
    case extrapolation = "extrapolation_distance"
    /// Approaches give exponents that differ by more than their errors.
    case approachesDisagree = "approaches_disagree"
    /// Objectives give exponents that differ by more than their errors.
    case objectivesDisagree = "objectives_disagree"
  }
}

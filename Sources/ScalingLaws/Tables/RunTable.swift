import Storage
import Formatting

/// The runs that a law is fitted to, with what they were read from.
///
///     let table = try RunTable(file: "runs.csv")
///     let fit = try LawFit(Chinchilla(), table)
public struct RunTable: Sendable {
  /// The runs that are fitted.
  public var rows: [TrainedRun]
  /// The file, for messages.
  public let place: String
  /// Which column each quantity was read from; absent ones are nil.
  public let columns: RunColumns
  /// What was noticed while reading: rows left out, duplicates, units.
  public var notices: [Notice]
  /// Runs held out on purpose, to be predicted.
  public var verifications: [TrainedRun] = []
  /// Trials of learning rates, which are no part of the law.
  public var rateTrials: [TrainedRun] = []

  /// A table of runs made or read elsewhere.
  ///
  /// - Parameters:
  ///   - place: what messages call the table.
  ///   - columns: where each quantity came from, for the record.
  public init(_ rows: [TrainedRun], place: String = "table", columns: RunColumns = RunColumns()) {
    self.rows = rows
    self.place = place
    self.columns = columns
    notices = []
  }

  /// A table of the rows that `isIncluded` accepts, with the same place and notices.
  public func filter(_ isIncluded: (TrainedRun) -> Bool) -> RunTable {
    var copy = self
    copy.rows = rows.filter(isIncluded)
    return copy
  }
}

/// The names of a table's columns. Nil means: look for the usual names.
public struct RunColumns: Sendable, Equatable {
  /// N: parameters.
  public var parameters: String?
  /// D: training tokens.
  public var tokens: String?
  /// C: training compute, in FLOPs.
  public var flops: String?
  /// Final loss.
  public var loss: String?
  /// 0 leaves a row out.
  public var used: String?
  /// A row's weight in the objective.
  public var weight: String?
  /// Distinct tokens, where runs repeat their corpus.
  public var uniqueTokens: String?
  /// Optimizer steps.
  public var steps: String?
  /// Tokens in one optimizer step.
  public var batchTokens: String?
  /// Wall-clock seconds of training.
  public var seconds: String?
  /// The budget in FLOPs that a run was planned for.
  public var budget: String?

  /// Names of columns that are not called as usual.
  public init(
    parameters: String? = nil, tokens: String? = nil, flops: String? = nil, loss: String? = nil,
    used: String? = nil, weight: String? = nil, uniqueTokens: String? = nil
  ) {
    self.parameters = parameters
    self.tokens = tokens
    self.flops = flops
    self.loss = loss
    self.used = used
    self.weight = weight
    self.uniqueTokens = uniqueTokens
  }

  static let usualNames: [(WritableKeyPath<RunColumns, String?> & Sendable, quantity: String, [String])] = [
    (\.parameters, "parameters N", ["params", "parameters", "N", "n_params", "model_size", "params_total"]),
    (\.tokens, "tokens D", ["tokens", "D", "n_tokens", "training_tokens", "train_tokens"]),
    (\.flops, "compute C", ["flops", "C", "compute", "training_flops", "train_flops"]),
    (\.loss, "loss", ["loss", "L", "val_loss", "validation_loss", "loss_c4_val", "eval_loss", "final_loss"]),
    (\.used, "used", ["used", "use", "include"]),
    (\.weight, "weight", ["weight", "weights"]),
    (\.uniqueTokens, "unique tokens", ["unique_tokens", "U_D", "corpus_tokens"]),
    (\.steps, "steps", ["steps", "S"]),
    (\.batchTokens, "batch in tokens", ["batch_tokens", "B"]),
    (\.seconds, "seconds", ["seconds", "wall_seconds"]),
    (\.budget, "compute budget", ["budget"]),
  ]
}

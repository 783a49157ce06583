/// One finished training run as a row of a table that laws are fitted to.
public struct TrainedRun: Sendable, Equatable {
  /// N: how many parameters the model has, under the convention the table was read with.
  public var parameters: Double
  /// D: how many tokens it was trained on.
  public var tokens: Double
  /// C: training compute in FLOPs; nil where the table has none (a form that needs it takes 6·N·D and says so).
  public var flops: Double?
  /// Final loss, in nats per token unless the table says otherwise.
  public var loss: Double
  /// The row's weight in the objective; 1 unless a column or an option says otherwise.
  public var weight: Double
  /// Distinct tokens in the corpus; `tokens` beyond them are repetitions. Nil where unknown.
  public var uniqueTokens: Double?
  /// Optimizer steps; nil where unknown.
  public var steps: Double?
  /// Tokens in one optimizer step; nil where unknown.
  public var batchTokens: Double?
  /// Wall-clock seconds of training; nil where unknown.
  public var seconds: Double?
  /// The compute budget, in FLOPs, that the run was planned for; nil outside isoFLOP profiles.
  public var budget: Double?
  /// The peak learning rate; nil where unknown.
  public var learningRate: Double?
  /// Tokens of warmup; nil where unknown.
  public var warmupTokens: Double?
  /// Tokens of decay at the end; nil where unknown.
  public var decayTokens: Double?
  /// constant, linear, cosine or wsd; nil where unknown.
  public var schedule: String?
  /// The architecture's name, such as `L4d128`; nil where unknown.
  public var model: String?
  /// The row's line in the file it came from, counting from 1.
  public var line: Int

  /// A run; what is not given is unknown.
  ///
  /// - Parameter line: the row's line in its file, for messages.
  public init(
    parameters: Double, tokens: Double, flops: Double? = nil, loss: Double, weight: Double = 1,
    uniqueTokens: Double? = nil, line: Int = 0
  ) {
    self.parameters = parameters
    self.tokens = tokens
    self.flops = flops
    self.loss = loss
    self.weight = weight
    self.uniqueTokens = uniqueTokens
    self.line = line
  }
}

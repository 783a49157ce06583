/// One finished training run as a row of a table that laws are fitted to.
package struct TrainedRun: Sendable, Equatable {
  /// N: how many parameters the model has, under the convention the table was read with.
  package var parameters: Double
  /// D: how many tokens it was trained on.
  package var tokens: Double
  /// C: training compute in FLOPs; nil where the table has none (a form that needs it takes 6·N·D and says so).
  package var flops: Double?
  /// Final loss, in nats per token unless the table says otherwise.
  package var loss: Double
  /// The row's weight in the objective; 1 unless a column or an option says otherwise.
  package var weight: Double
  /// Distinct tokens in the corpus; `tokens` beyond them are repetitions. Nil where unknown.
  package var uniqueTokens: Double?
  /// Optimizer steps; nil where unknown.
  package var steps: Double?
  /// Tokens in one optimizer step; nil where unknown.
  package var batchTokens: Double?
  /// Wall-clock seconds of training; nil where unknown.
  package var seconds: Double?
  /// The compute budget, in FLOPs, that the run was planned for; nil outside isoFLOP profiles.
  package var budget: Double?
  /// The peak learning rate; nil where unknown.
  package var learningRate: Double?
  /// Tokens of warmup, and of decay at the end; nil where unknown.
  package var warmupTokens: Double?
  package var decayTokens: Double?
  /// constant, linear, cosine or wsd; nil where unknown.
  package var schedule: String?
  /// The architecture's name, such as `L4d128`; nil where unknown.
  package var model: String?
  /// The row's line in the file it came from, counting from 1.
  package var line: Int

  package init(
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

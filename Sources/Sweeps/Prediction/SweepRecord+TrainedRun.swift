import ScalingLaws

extension SweepRecord {
  /// The run as a row of a table, N by a convention.
  ///
  /// - Precondition: the run has finished with a loss.
  package func trainedRun(_ parameters: (SweepRecord) -> Double) -> TrainedRun {
    var row = TrainedRun(
      parameters: parameters(self), tokens: Double(tokens), flops: flops, loss: loss!,
      uniqueTokens: Double(uniqueTokens))
    row.budget = budget
    row.batchTokens = Double(batchTokens)
    row.seconds = seconds
    row.model = size.name
    row.learningRate = learningRate
    row.warmupTokens = Double(warmupTokens)
    row.decayTokens = Double(decayTokens)
    row.schedule = schedule
    return row
  }
}

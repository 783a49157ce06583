import ScalingLaws

extension ExpectedPrecision {
  /// How precisely a plan's runs would determine the law that it was made by, and the loss of its held-out run: by
  /// simulation, before anything is spent.
  ///
  /// - Parameter noise: standard deviation of ln L from seed to seed.
  /// - Returns: nil for a plan of too few runs.
  package init?(of plan: SweepPlan, noise: Double, draws: Int = 100) {
    let runs = plan.runs.filter { $0.role.isFitted }.compactMap { run -> TrainedRun? in
      let model = try? run.configuration.model.configuration(vocabularySize: plan.corpus.vocabularySize)
      return model.map {
        TrainedRun(parameters: Double($0.parameterCount), tokens: Double(run.tokens), loss: 1)
      }
    }
    let (guess, law) = (plan.law, Chinchilla())
    let truth = law.theta([guess.E, guess.A, guess.alpha, guess.B, guess.beta])
    let target = plan.settings.verificationFLOPs ?? 10 * (plan.settings.budgets.last ?? 1)
    try? self.init(of: runs, law: law, truth: truth, noise: noise, targets: [target], draws: draws)
  }
}

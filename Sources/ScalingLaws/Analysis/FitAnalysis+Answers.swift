import Foundation
import Formatting

extension FitAnalysis {
  /// The best use of one budget, with 95 % intervals.
  package struct FrontierRow: Sendable {
    package let optimum: Frontier.Optimum
    package let parameters: Interval
    package let tokens: Interval
    package let loss: Interval
    /// Whether the user asked for this budget.
    package let isAsked: Bool
  }

  package var frontierRows: [FrontierRow] {
    guard frontier.exists else { return [] }
    return frontierBudgets.enumerated().map { index, flops in
      let draws = bootstrap.thetas.map { frontier.with($0).optimum(flops: flops) }
      return FrontierRow(
        optimum: frontier.optimum(flops: flops), parameters: bootstrap.interval(of: draws.map(\.parameters)),
        tokens: bootstrap.interval(of: draws.map(\.tokens)), loss: bootstrap.interval(of: draws.map(\.loss)),
        isAsked: index >= frontierBudgets.count - settings.targets.count)
    }
  }

  /// A question that was asked, in words, and the number that answers it; NaN where the law says never.
  package struct Answer: Sendable {
    package let question: String
    package let value: Double
    package let unit: String
  }

  /// Compute for a loss, tokens for a model, a model for tokens.
  package var answers: [Answer] {
    guard frontier.exists else { return [] }
    var result: [Answer] = []
    for loss in settings.targetLosses {
      let text = Quantity.significant(loss)
      result.append(
        Answer(
          question: "compute for a loss of \(text)", value: frontier.flops(forLoss: loss) ?? .nan, unit: "FLOPs"
        ))
      for n in settings.fixedParameters {
        result.append(
          Answer(
            question: "tokens that bring \(Quantity.short(n)) parameters to \(text)",
            value: frontier.tokens(forLoss: loss, parameters: n) ?? .nan, unit: "tokens"))
      }
      for d in settings.fixedTokens {
        result.append(
          Answer(
            question: "parameters that reach \(text) on \(Quantity.short(d)) tokens",
            value: frontier.parameters(forLoss: loss, tokens: d) ?? .nan, unit: "parameters"))
      }
    }
    for d in settings.fixedTokens {
      for flops in settings.targets {
        let best = frontier.optimum(flops: flops, uniqueTokens: d)
        let repeats = Quantity.significant(best.tokens / d)
        result.append(
          Answer(
            question:
              "best size for \(Quantity.short(d)) distinct tokens at \(Quantity.significant(flops)) FLOPs "
              + "(\(repeats) epochs)", value: best.parameters, unit: "parameters"))
      }
      for n in settings.fixedParameters {
        result.append(
          Answer(
            question: "loss of \(Quantity.short(n)) parameters on \(Quantity.short(d)) tokens",
            value: frontier.loss(parameters: n, tokens: d), unit: "nats per token"))
      }
    }
    return result
  }
}

extension FitAnalysis {
  /// The best of the table's own models for a budget.
  package struct ArchitectureRow: Sendable {
    /// "1e+15 FLOPs", "1 h 00 min".
    package let budget: String
    package let choice: ArchitectureFrontier.Choice
  }

  /// Where the table names FLOPs: the largest budgets in exact FLOPs, and, where it has seconds, the time its largest run took.
  package var architectureRows: [ArchitectureRow] {
    let off = notices.contains { $0.code == .computeNot6ND }
    guard frontier.exists, off || table.rows.contains(where: { $0.seconds != nil }) else { return [] }
    let models = ArchitectureFrontier(law, fit.theta, Architecture.measured(table.rows))
    var rows = frontierBudgets.suffix(3).compactMap { flops in
      models.best(.flops(flops)).map {
        ArchitectureRow(budget: Quantity.significant(flops) + " FLOPs", choice: $0)
      }
    }
    if let longest = table.rows.compactMap(\.seconds).max() {
      rows += [longest, 10 * longest].compactMap { seconds in
        models.best(.seconds(seconds)).map { ArchitectureRow(budget: Quantity.duration(seconds), choice: $0) }
      }
    }
    return rows
  }
}

extension FitAnalysis {
  /// A run held out on purpose, its predicted loss and the 95 % interval for it.
  package struct Verification: Sendable {
    package let run: TrainedRun
    package let predicted: Double
    package let interval: Interval
    package var isInside: Bool { interval.contains(run.loss) }
  }

  package var verifications: [Verification] {
    table.verifications.map { run in
      Verification(
        run: run, predicted: law.loss(fit.theta, run), interval: bootstrap.predictionInterval(of: run))
    }
  }
}

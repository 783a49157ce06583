import Foundation

/// The frontier over real architectures, in exact FLOPs or in seconds on a machine, instead of C = 6ND.
///
///     let frontier = ArchitectureFrontier(fit.law, fit.theta, Architecture.measured(table.rows))
///     frontier.best(.flops(1e15))      // which model to train, on how many tokens
package struct ArchitectureFrontier: Sendable {
  package let law: any Law
  package let theta: [Double]
  package let architectures: [Architecture]

  package init(_ law: any Law, _ theta: [Double], _ architectures: [Architecture]) {
    self.law = law
    self.theta = theta
    self.architectures = architectures
  }

  package enum Budget: Sendable {
    case flops(Double)
    /// Wall-clock training time: small models use a processor less well, which FLOPs do not tell.
    case seconds(Double)
  }

  package struct Choice: Sendable {
    package let architecture: Architecture
    package let tokens: Double
    package let loss: Double
    /// Whether a smaller and a larger architecture were both worse: otherwise the list is too short.
    package let isInterior: Bool
  }

  /// The architecture with the lowest predicted loss; nil where none has a known price.
  package func best(_ budget: Budget) -> Choice? {
    let priced = architectures.compactMap { architecture -> (Architecture, tokens: Double, loss: Double)? in
      let tokens: Double
      switch budget {
      case .flops(let flops): tokens = flops / architecture.flopsPerToken
      case .seconds(let seconds):
        guard let price = architecture.secondsPerToken else { return nil }
        tokens = seconds / price
      }
      let run = TrainedRun(parameters: architecture.parameters, tokens: tokens, loss: 1)
      return (architecture, tokens, law.loss(theta, run))
    }
    guard let best = priced.indices.min(by: { priced[$0].loss < priced[$1].loss }) else { return nil }
    return Choice(
      architecture: priced[best].0, tokens: priced[best].tokens, loss: priced[best].loss,
      isInterior: best > 0 && best < priced.count - 1)
  }
}

/// A model that could be trained, and what a token costs it.
package struct Architecture: Sendable {
  package let name: String
  /// N, in the convention of the table that the law was fitted to.
  package let parameters: Double
  package let flopsPerToken: Double
  package let secondsPerToken: Double?

  package init(name: String, parameters: Double, flopsPerToken: Double, secondsPerToken: Double? = nil) {
    self.name = name
    self.parameters = parameters
    self.flopsPerToken = flopsPerToken
    self.secondsPerToken = secondsPerToken
  }

  /// The architectures of a table of runs, smallest first, with the median price of their runs.
  package static func measured(_ rows: [TrainedRun]) -> [Architecture] {
    Observations(rows).sizeGroups.map { group in
      let runs = group.map { rows[$0] }
      let seconds = runs.compactMap { run in run.seconds.map { $0 / run.tokens } }
      return Architecture(
        name: runs[0].model ?? "N=\(runs[0].parameters)", parameters: runs[0].parameters,
        flopsPerToken: Quantiles(runs.map { $0.compute / $0.tokens })(0.5),
        secondsPerToken: seconds.isEmpty ? nil : Quantiles(seconds)(0.5))
    }
  }
}

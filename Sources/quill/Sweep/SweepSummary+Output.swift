import CommandLineKit
import Storage
import Sweeps
import Formatting

extension SweepSummary {
  var text: String {
    var rows = [
      ["runs", "\(finished) finished, \(diverged) diverged, \(failed) failed, \(pending) to do"],
      ["phase", phase.rawValue], ["time", Quantity.duration(seconds)],
    ]
    if let noise {
      rows.append(["noise of seeds", "\(Quantity.significant(noise)) nats"])
      if let evaluationError {
        rows.append([
          "error of evaluations",
          "\(Quantity.significant(evaluationError)) nats, about "
            + "\(Quantity.significant(EvaluationNoise.ownPart(of: evaluationError))) of it a run's own",
        ])
      }
    }
    if let verification, let predicted = verification.predicted, let low = verification.low,
      let high = verification.high
    {
      rows.append([
        "held-out run",
        "predicted \(Quantity.decimals(predicted, 4)) (\(Quantity.decimals(low, 4)) to \(Quantity.decimals(high, 4)))"
          + (verification.observed.map {
            ", observed \(Quantity.decimals($0, 4)): \(verification.isInside! ? "inside" : "outside")"
          } ?? ""),
      ])
    }
    rows.append(["table", table])
    return Table(rows).rendered() + notices.map(\.line).joined()
  }

  var json: JSONValue {
    [
      "finished": .integer(finished), "diverged": .integer(diverged), "failed": .integer(failed),
      "pending": .integer(pending), "phase": .string(phase.rawValue), "seconds": .number(seconds),
      "noise": JSONValue(noise), "evaluation_error": JSONValue(evaluationError),
      "evaluation_own_error": JSONValue(evaluationError.map { EvaluationNoise.ownPart(of: $0) }),
      "warnings": .array(notices.map(\.json)), "table": .string(table),
      "verification": verification?.json ?? .null,
    ]
  }
}

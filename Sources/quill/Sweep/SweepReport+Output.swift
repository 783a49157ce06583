import CommandLineKit
import Formatting
import Reports
import Storage
import Sweeps

extension SweepReport {
  /// The verdict, the best models by budget, the approaches and the warnings, in that order.
  func text(_ written: WrittenReport) -> String {
    var parts = [conclusions.map { "\($0.topic): \($0.text)\n" }.joined()]
    if let frontier {
      let header = ["FLOPs", "N*", "model", "D*", "D*/N*", "loss", "95 %"]
      let rows = frontier.answers.map { point in
        [
          Quantity.significant(point.flops), Quantity.short(point.parameters.value), point.model,
          Quantity.short(point.tokens.value), Quantity.significant(point.tokensPerParameter.value),
          Quantity.decimals(point.loss.value, 4),
          point.loss.interval.map { "\(Quantity.decimals($0.low, 4)) to \(Quantity.decimals($0.high, 4))" }
            ?? "",
        ]
      }
      parts.append(
        Table([header] + rows, alignments: [.right, .right, .left, .right, .right, .right, .left]).rendered())
    }
    if !approaches.isEmpty {
      func shown(_ estimate: Estimate?) -> String {
        guard let estimate, estimate.value.isFinite else { return "-" }
        let interval = estimate.interval.map {
          " (\(Quantity.decimals($0.low, 3)) to \(Quantity.decimals($0.high, 3)))"
        }
        return Quantity.decimals(estimate.value, 3) + (interval ?? "")
      }
      parts.append(
        Table(
          [["approach", "a (size)", "b (data)", "rests on"]]
            + approaches.map { [$0.name, shown($0.parameters), shown($0.tokens), $0.basis] }
        ).rendered())
    }
    if !notices.isEmpty {
      parts.append(notices.map(\.line).joined())
    }
    var end = [["report", written.page]]
    end.append(
      [
        "figures",
        written.problem.map { "missing (\($0))" } ?? "\(written.figures.count), as SVG and PNG beside it",
      ])
    parts.append(Table(end).rendered())
    return parts.joined(separator: "\n")
  }

  func json(_ written: WrittenReport) -> JSONValue {
    .object(
      [
        "page": .string(written.page), "figures": JSONValue(written.figures),
        "figures_problem": written.problem.map { .string($0) } ?? .null,
      ], then: json)
  }
}

import CommandLineKit
import ScalingLaws
import Storage
import Sweeps
import Formatting

extension SweepDraft.Outcome {
  /// A table of the runs, what they take together, and warnings.
  func summary(_ precision: ExpectedPrecision?, folder: String) -> String {
    let warnings = notices.map(\.line).joined()
    return estimate.summary(of: plan, precision, folder: folder) + (warnings.isEmpty ? "" : "\n" + warnings)
  }

  func json(_ precision: ExpectedPrecision?) -> JSONValue {
    .object(["warnings": .array(notices.map(\.json))], then: estimate.json(of: plan, precision))
  }
}

extension SweepEstimate {
  /// A table of the runs, and what they take together.
  fileprivate func summary(of plan: SweepPlan, _ precision: ExpectedPrecision?, folder: String) -> String {
    var table = [
      [
        "role", "model", "N", "D", "D/N", "FLOPs", "lr", "batch", "steps", "epochs", "threads", "seconds",
        "loss",
      ]
    ]
    for row in rows {
      let train = row.run.configuration.train
      table.append([
        row.run.role.rawValue, row.member.size.name, Quantity.short(row.member.parameters),
        Quantity.short(row.run.tokens), Quantity.significant(row.tokensPerParameter),
        Quantity.significant(row.flops), Quantity.significant(train.learningRate), "\(train.batch)",
        "\(train.steps! - (row.run.parentStep ?? 0))", Quantity.decimals(row.epochs, 2), "\(row.threads)",
        Quantity.decimals(row.seconds, 1), Quantity.decimals(row.predictedLoss, 3),
      ])
    }
    let alignments: [Table.Alignment] = [.left, .left] + Array(repeating: .right, count: 11)
    var facts = [
      ["runs", "\(rows.count): \(Quantity.significant(flops)) FLOPs, about \(Quantity.duration(seconds))"],
      [
        "phases",
        SweepPlan.Phase.allCases.filter { seconds(of: $0) > 0 }
          .map { "\($0.rawValue) \(Quantity.duration(seconds(of: $0)))" }.joined(separator: ", "),
      ],
      ["at most", "\(Quantity.bytes(peakMemoryBytes)) of memory, \(Quantity.bytes(peakDiskBytes)) on disk"],
      ["loss", plan.law.isFitted ? "by the law fitted so far" : "a guess, to place the runs by"],
    ]
    if let precision, let target = precision.targets.first {
      facts.append([
        "expected precision",
        "exponent a ± \(Quantity.decimals(precision.exponent, 3)), E ± \(Quantity.decimals(precision.floor, 3)) nats; at "
          + "\(Quantity.significant(target.flops)) FLOPs best size ± \(percent(target.lnParameters)), "
          + "loss ± \(percent(target.lnLoss)), if seeds scatter by \(percent(EvaluationNoise.assumedSeedNoise))",
      ])
    }
    if plan.phase == .rates {
      facts.append(["learning rates", "the rule's; the runs of role rate come first and may change them"])
    }
    facts.append(["next", "quill sweep run \(Escaped.shell(folder))"])
    return Table(table, alignments: alignments).rendered() + "\n" + Table(facts).rendered()
  }

  private func percent(_ share: Double) -> String { Quantity.significant(100 * share) + " %" }

  fileprivate func json(of plan: SweepPlan, _ precision: ExpectedPrecision?) -> JSONValue {
    [
      "design": .string(plan.settings.design.rawValue), "budgets": JSONValue(plan.settings.budgets),
      "phase": .string(plan.phase.rawValue), "flops": .number(flops), "seconds": .number(seconds),
      "phase_seconds": .object(
        JSONObject(SweepPlan.Phase.allCases.map { ($0.rawValue, .number(seconds(of: $0))) })),
      "peak_memory_bytes": .integer(peakMemoryBytes), "peak_disk_bytes": .integer(peakDiskBytes),
      "cores": .integer(cores), "law": plan.law.json,
      "expected_precision": precision.map { precision in
        [
          "noise": .number(EvaluationNoise.assumedSeedNoise), "a": JSONValue(precision.exponent),
          "E": JSONValue(precision.floor),
          "flops": JSONValue(precision.targets.first?.flops),
          "ln_optimal_params": JSONValue(precision.targets.first?.lnParameters),
          "ln_loss": JSONValue(precision.targets.first?.lnLoss),
        ]
      } ?? .null,
      "runs": .array(
        rows.map { row in
          let train = row.run.configuration.train
          return [
            "id": .string(row.run.id), "role": .string(row.run.role.rawValue),
            "model": .string(row.member.size.name), "params": .integer(row.member.parameters),
            "tokens": .integer(row.run.tokens), "tokens_per_parameter": .number(row.tokensPerParameter),
            "flops": .number(row.flops), "budget": JSONValue(row.run.budget), "lr": .number(train.learningRate),
            "batch": .integer(train.batch), "steps": JSONValue(train.steps), "epochs": .number(row.epochs),
            "threads": .integer(row.threads), "seconds": .number(row.seconds),
            "predicted_loss": .number(row.predictedLoss),
          ]
        }),
    ]
  }
}

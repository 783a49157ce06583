import Formatting
import Storage

/// Everything a sweep is going to do, as `plan.json` holds it (`docs/formats/sweep.md`).
///
/// A plan changes as the sweep learns: the rule of learning rates once they have been tried, the places of later runs
/// where it adapts, the held-out run at last. Every change is a function of the plan and of the records so far, so that
/// runners that are interrupted, or work side by side, arrive at the same one.
package struct SweepPlan: Sendable, Equatable {
  package static let formatVersion = 1

  /// What is being done; each phase ends before the next begins.
  package enum Phase: String, Sendable, CaseIterable {
    /// Learning rates are tried; all other runs are provisional.
    case rates
    /// The points that laws are fitted to.
    case grid
    /// The held-out run, predicted before it starts.
    case verification
  }

  package var settings: SweepSettings
  package var corpus: SweepCorpus
  package var rule = HyperparameterRule()
  package var law: PlanningLaw
  package var phase: Phase
  /// Whether each budget's runs are placed by a fit to the smaller ones.
  package var adapts = false
  /// Budgets whose runs have been placed for good, where the plan adapts.
  package var settledBudgets = 1
  package var runs: [PlannedRun] = []

  package func run(_ id: String) -> PlannedRun? { runs.first { $0.id == id } }

  /// What decides a run's result besides its configuration.
  package var identityBasis: JSONValue {
    [
      "corpus": .string(corpus.identity), "evaluation_windows": .integer(settings.evaluationWindows),
      "questions": .integer(settings.questions),
    ]
  }
}

extension SweepPlan: JSONReadable, JSONConvertible {
  package var json: JSONValue {
    [
      "format": .integer(Self.formatVersion), "settings": settings.json, "corpus": corpus.json,
      "rule": rule.json,
      "law": law.json, "phase": .string(phase.rawValue), "adapts": .bool(adapts),
      "settled_budgets": .integer(settledBudgets), "runs": JSONValue(runs),
    ]
  }

  package init(json node: JSONNode) throws(QuillError) {
    let format: Int = try node.value("format")
    guard format == Self.formatVersion else {
      throw node.error(
        "expected format \(Self.formatVersion), found \(format)", remedy: "Plan the sweep again.")
    }
    settings = try node.value("settings")
    do throws(QuillError) {
      try settings.validate()
    } catch {
      throw node.error("settings: \(error.place) \(error.problem)")
    }
    corpus = try node.value("corpus")
    rule = try node.value("rule")
    law = try node.value("law")
    let name: String = try node.value("phase")
    guard let phase = Phase(rawValue: name) else { throw node.error("unknown phase '\(name)'") }
    self.phase = phase
    adapts = try node.value("adapts")
    settledBudgets = try node.value("settled_budgets", in: .within(0...settings.budgets.count))
    runs = try node.value("runs")
    guard Set(runs.map(\.id)).count == runs.count else { throw node.error("a run's id occurs twice") }
  }
}

extension HyperparameterRule: JSONReadable, JSONConvertible {
  package var json: JSONValue {
    [
      "lr_coefficient": .number(coefficient), "lr_exponent": .number(exponent),
      "lr_cap": JSONValue(cap), "batch_factor": .number(batchFactor),
      "measured": .bool(isMeasured),
    ]
  }

  package init(json node: JSONNode) throws(QuillError) {
    self.init()
    coefficient = try node.value("lr_coefficient", in: SizeLimits.quantity)
    exponent = try node.value("lr_exponent", in: .within(-10...10))
    cap = try node.valueIfPresent("lr_cap", in: SizeLimits.quantity) ?? .infinity
    batchFactor = try node.valueIfPresent("batch_factor", in: .within(1e-6...1e6)) ?? 1
    isMeasured = try node.value("measured")
  }
}

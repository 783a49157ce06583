import Foundation
import Storage

extension FitAnalysis {
  /// Every result as one object (`docs/formats/fit.md`).
  ///
  /// It is a function of the table and the settings alone: no time and no number of threads is in it.
  package var json: JSONValue {
    var parameters = JSONObject()
    for (index, (name, value)) in fit.values.enumerated() {
      parameters[name] = bounded(value, interval { fit.law.values($0)[index] })
    }
    var object = JSONObject()
    object["form"] = JSONValue(settings.form.rawValue)
    object["formula"] = JSONValue(law.formula)
    object["parameters"] = .object(parameters)
    object["a"] = exponent.map { bounded($0.value, $0.interval) } ?? .null
    object["objective"] = JSONValue(fit.minimum)
    object["objective_kind"] = JSONValue(settings.objective.description)
    object["rows"] = JSONValue(table.rows.count)
    object["warnings"] = JSONValue(notices.map(\.code.rawValue))
    object["notices"] = .array(
      notices.map {
        ["code": JSONValue($0.code.rawValue), "message": JSONValue($0.message), "remedy": JSONValue($0.remedy)]
      })
    object["frontier"] = .array(frontierRows.map(frontierJSON))
    object["objectives"] = .array(objectives.map(objectiveJSON))
    object["approaches"] = .array((comparison?.rows ?? []).map(approachJSON))
    object["forms"] = .array(
      forms.map {
        [
          "form": JSONValue($0.form.rawValue), "parameters": JSONValue($0.parameterCount),
          "bic": JSONValue($0.bic),
          "held_out_error": JSONValue($0.heldOutError),
        ]
      })
    object["profiles"] = .array(
      profiles.map {
        [
          "quantity": JSONValue($0.name), "value": JSONValue($0.profile.estimate),
          "low": JSONValue($0.profile.interval.low),
          "high": JSONValue($0.profile.interval.high),
        ]
      })
    object["conventions"] = .array(
      conventions.map {
        ["parameters": JSONValue($0.parameters), "compute": JSONValue($0.compute), "a": JSONValue($0.exponent)]
      })
    object["verifications"] = .array(
      verifications.map {
        [
          "params": JSONValue($0.run.parameters), "tokens": JSONValue($0.run.tokens),
          "loss": JSONValue($0.run.loss),
          "predicted": bounded($0.predicted, $0.interval), "inside": JSONValue($0.isInside),
        ]
      })
    object["holdout"] =
      holdout.map { ["runs": JSONValue($0.runs.count), "mean_error": JSONValue($0.error)] } ?? .null
    object["answers"] = .array(
      answers.map {
        ["question": JSONValue($0.question), "answer": JSONValue($0.value), "unit": JSONValue($0.unit)]
      })
    object["search"] = [
      "status": JSONValue(fit.search.status), "iterations": JSONValue(fit.search.iterations),
      "starts": JSONValue(fit.search.starts), "starts_at_best": JSONValue(fit.search.startsAtBest),
      "minima": JSONValue(fit.search.minima.count), "condition_number": JSONValue(conditionNumber),
    ]
    object["bootstrap"] = [
      "kind": JSONValue(settings.resampling.rawValue), "draws": JSONValue(settings.draws),
      "failures": JSONValue(bootstrap.failures), "seed": JSONValue(settings.seed),
    ]
    object["seed_noise"] = table.seedNoise.map { JSONValue($0) } ?? .null
    object["leave_out"] = leaveOut == nil ? .null : leaveOutJSON
    object["starts"] = startStudy.map(startsJSON) ?? .null
    object["against"] = recipes.map(recipesJSON) ?? .null
    object["options"] = settings.json
    object["columns"] = table.columns.json
    object["draws"] = drawsJSON
    return .object(object)
  }

  /// The parameters of every refit, in the order of the draws.
  private var drawsJSON: JSONValue {
    let values = bootstrap.thetas.map { law.values($0) }
    return .object(
      JSONObject(
        law.parameters.enumerated().map { index, parameter in
          (parameter.name, .array(values.map { JSONValue($0[index]) }))
        }))
  }

  private var leaveOutJSON: JSONValue {
    [
      "exponent": JSONValue(mainExponent.name), "value": JSONValue(mainExponent.value(fit.theta)),
      "mean_error": JSONValue(leaveOut?.error ?? .nan),
      "omissions": .array(
        omissionRows.map {
          ["left_out": JSONValue($0.what), "exponent": JSONValue($0.exponent), "error": JSONValue($0.error)]
        }),
    ]
  }

  private func startsJSON(_ study: StartStudy) -> JSONValue {
    [
      "starts": JSONValue(study.starts), "at_best": JSONValue(study.startsAtBest),
      "confirms_fit": JSONValue(study.confirmsFit),
      "minima": .array(
        study.minima.map { minimum in
          var object = JSONObject([
            ("objective", JSONValue(minimum.objective)), ("starts", .integer(minimum.count)),
          ])
          for (name, value) in zip(law.parameters.map(\.name), law.values(minimum.theta)) {
            object[name] = JSONValue(value)
          }
          return .object(object)
        }),
    ]
  }

  private func recipesJSON(_ recipes: RecipeComparison) -> JSONValue {
    [
      "rows": JSONValue(recipes.other.observations.count),
      "parameters": .object(JSONObject(recipes.other.values.map { ($0.name, JSONValue($0.value)) })),
      "multipliers": .array(
        recipes.rows.map { row in
          [
            "loss": JSONValue(row.loss), "flops": JSONValue(row.flops ?? .nan),
            "other_flops": JSONValue(row.otherFLOPs ?? .nan),
            "multiplier": bounded(row.multiplier, row.interval),
          ]
        }),
    ]
  }

  private func bounded(_ value: Double, _ interval: Interval) -> JSONValue {
    ["value": JSONValue(value), "low": JSONValue(interval.low), "high": JSONValue(interval.high)]
  }

  private func frontierJSON(_ row: FrontierRow) -> JSONValue {
    [
      "flops": JSONValue(row.optimum.flops), "params": bounded(row.optimum.parameters, row.parameters),
      "tokens": bounded(row.optimum.tokens, row.tokens),
      "tokens_per_param": JSONValue(row.optimum.tokensPerParameter),
      "loss": bounded(row.optimum.loss, row.loss),
      "asked": JSONValue(row.isAsked),
    ]
  }

  private func objectiveJSON(_ fit: LawFit) -> JSONValue {
    var object = JSONObject()
    object["objective"] = JSONValue(fit.objective.description)
    object["value"] = JSONValue(fit.minimum)
    for (name, value) in fit.values { object[name] = JSONValue(value) }
    let frontier = Frontier(fit.law, fit.theta)
    if frontier.exists { object["a"] = JSONValue(frontier.exponent(near: 1e20)) }
    return .object(object)
  }

  private func approachJSON(_ row: ApproachComparison.Row) -> JSONValue {
    [
      "approach": JSONValue(row.name), "a": row.a.map { JSONValue($0) } ?? .null,
      "a_se": JSONValue(row.aStandardError),
      "b": row.b.map { JSONValue($0) } ?? .null, "b_se": JSONValue(row.bStandardError),
      "basis": JSONValue(row.basis),
    ]
  }

}

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
    object["objective"] = finite(fit.minimum)
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
          "bic": finite($0.bic),
          "held_out_error": finite($0.heldOutError),
        ]
      })
    object["profiles"] = .array(
      profiles.map {
        [
          "quantity": JSONValue($0.name), "value": finite($0.profile.estimate),
          "low": finite($0.profile.interval.low),
          "high": finite($0.profile.interval.high),
        ]
      })
    object["conventions"] = .array(
      conventions.map {
        ["parameters": JSONValue($0.parameters), "compute": JSONValue($0.compute), "a": finite($0.exponent)]
      })
    object["verifications"] = .array(
      verifications.map {
        [
          "params": finite($0.run.parameters), "tokens": finite($0.run.tokens), "loss": finite($0.run.loss),
          "predicted": bounded($0.predicted, $0.interval), "inside": JSONValue($0.isInside),
        ]
      })
    object["holdout"] =
      holdout.map { ["runs": JSONValue($0.runs.count), "mean_error": finite($0.error)] } ?? .null
    object["answers"] = .array(
      answers.map {
        ["question": JSONValue($0.question), "answer": finite($0.value), "unit": JSONValue($0.unit)]
      })
    object["search"] = [
      "status": JSONValue(fit.search.status), "iterations": JSONValue(fit.search.iterations),
      "starts": JSONValue(fit.search.starts), "starts_at_best": JSONValue(fit.search.startsAtBest),
      "minima": JSONValue(fit.search.minima.count), "condition_number": finite(conditionNumber),
    ]
    object["bootstrap"] = [
      "kind": JSONValue(settings.resampling.rawValue), "draws": JSONValue(settings.draws),
      "failures": JSONValue(bootstrap.failures), "seed": JSONValue(settings.seed),
    ]
    object["seed_noise"] = table.seedNoise.map(finite) ?? .null
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
          (parameter.name, .array(values.map { finite($0[index]) }))
        }))
  }

  private var leaveOutJSON: JSONValue {
    [
      "exponent": JSONValue(mainExponent.name), "value": finite(mainExponent.value(fit.theta)),
      "mean_error": finite(leaveOut?.error ?? .nan),
      "omissions": .array(
        omissionRows.map {
          ["left_out": JSONValue($0.what), "exponent": finite($0.exponent), "error": finite($0.error)]
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
            ("objective", finite(minimum.objective)), ("starts", .integer(minimum.count)),
          ])
          for (name, value) in zip(law.parameters.map(\.name), law.values(minimum.theta)) {
            object[name] = finite(value)
          }
          return .object(object)
        }),
    ]
  }

  private func recipesJSON(_ recipes: RecipeComparison) -> JSONValue {
    [
      "rows": JSONValue(recipes.other.observations.count),
      "parameters": .object(JSONObject(recipes.other.values.map { ($0.name, finite($0.value)) })),
      "multipliers": .array(
        recipes.rows.map { row in
          [
            "loss": finite(row.loss), "flops": finite(row.flops ?? .nan),
            "other_flops": finite(row.otherFLOPs ?? .nan), "multiplier": bounded(row.multiplier, row.interval),
          ]
        }),
    ]
  }

  private func bounded(_ value: Double, _ interval: Interval) -> JSONValue {
    ["value": finite(value), "low": finite(interval.low), "high": finite(interval.high)]
  }

  private func frontierJSON(_ row: FrontierRow) -> JSONValue {
    [
      "flops": finite(row.optimum.flops), "params": bounded(row.optimum.parameters, row.parameters),
      "tokens": bounded(row.optimum.tokens, row.tokens),
      "tokens_per_param": finite(row.optimum.tokensPerParameter), "loss": bounded(row.optimum.loss, row.loss),
      "asked": JSONValue(row.isAsked),
    ]
  }

  private func objectiveJSON(_ fit: LawFit) -> JSONValue {
    var object = JSONObject()
    object["objective"] = JSONValue(fit.objective.description)
    object["value"] = finite(fit.minimum)
    for (name, value) in fit.values { object[name] = finite(value) }
    let frontier = Frontier(fit.law, fit.theta)
    if frontier.exists { object["a"] = finite(frontier.exponent(near: 1e20)) }
    return .object(object)
  }

  private func approachJSON(_ row: ApproachComparison.Row) -> JSONValue {
    [
      "approach": JSONValue(row.name), "a": row.a.map(finite) ?? .null, "a_se": finite(row.aDeviation),
      "b": row.b.map(finite) ?? .null, "b_se": finite(row.bDeviation), "basis": JSONValue(row.basis),
    ]
  }

  private func finite(_ value: Double) -> JSONValue { value.isFinite ? .number(value) : .null }
}

import ScalingLaws
import Storage

extension SweepReport: JSONConvertible {
  package var json: JSONValue {
    var object: JSONObject = JSONObject()
    object["sweep"] = .string(path)
    object["runs"] = .integer(records.count)
    object["fitted_runs"] = .integer(fitted.count)
    object["conclusions"] = .array(
      conclusions.map {
        ["topic": .string($0.topic), "tone": .string($0.tone.rawValue), "text": .string($0.text)]
      })
    object["a"] = frontier?.parameterExponent.json ?? .null
    object["b"] = frontier?.tokenExponent.json ?? .null
    object["a_6nd"] = law?.exponent.json ?? .null
    object["parameters"] = parametersJSON
    object["known_entropy"] = JSONValue(plan.corpus.entropyFloorInNats)
    object["approaches"] = .array(
      approaches.map {
        [
          "name": .string($0.name), "a": $0.parameters?.json ?? .null, "b": $0.tokens?.json ?? .null,
          "basis": .string($0.basis),
        ]
      })
    object["objectives"] = .array(
      (law?.analysis.objectives ?? []).map { fit in
        var values = JSONObject([("objective", .string(fit.objective.description))])
        for (name, value) in fit.values { values[name] = JSONValue(value) }
        values["a"] = JSONValue(Chinchilla().optimalExponent(fit.theta))
        return .object(values)
      })
    object["conventions"] = .array(
      (law?.analysis.conventions ?? []).map {
        ["params": .string($0.parameters), "compute": .string($0.compute), "a": JSONValue($0.exponent)]
      })
    object["forms"] = .array(
      (law?.analysis.forms ?? []).map {
        [
          "form": .string($0.form.rawValue), "parameters": .integer($0.parameterCount),
          "bic": JSONValue($0.bic),
          "held_out_error": JSONValue($0.heldOutError),
        ]
      })
    object["profiles"] = .array(sizeProfiles.profiles.map(Self.json))
    object["optima"] = .array((frontier?.answers ?? []).map(Self.json))
    object["machine_optima"] = .array(machine.choices.map(Self.json))
    object["verification"] = verification?.json ?? .null
    object["noise"] = JSONValue(noise)
    object["warnings"] = .array(
      notices.map {
        [
          "code": .string($0.code.rawValue), "message": .string($0.message), "remedy": .string($0.remedy),
        ]
      })
    return .object(object)
  }

  private var parametersJSON: JSONValue {
    guard let law else { return .null }
    return .object(
      JSONObject(
        law.fit.law.parameters.map { ($0.name, law.parameter($0.name)?.json ?? .null) }))
  }

  private static func json(_ profile: IsoFLOPProfiles.Profile) -> JSONValue {
    switch profile.outcome {
    case .minimum(let minimum):
      [
        "flops": .number(profile.flops), "ln_params": .number(minimum.lnOptimum), "loss": .number(minimum.loss),
        "rejected": .null,
      ]
    case .rejected(let reason):
      [
        "flops": .number(profile.flops), "ln_params": .null, "loss": .null,
        "rejected": .string(reason.rawValue),
      ]
    }
  }

  private static func json(_ point: ReportFrontier.Point) -> JSONValue {
    [
      "flops": .number(point.flops), "params": point.parameters.json, "tokens": point.tokens.json,
      "tokens_per_parameter": point.tokensPerParameter.json, "loss": point.loss.json,
      "model": .string(point.model), "extrapolation": .number(point.extrapolation),
    ]
  }

  private static func json(_ point: (seconds: Double, choice: ArchitectureFrontier.Choice)) -> JSONValue {
    let choice = point.choice
    return [
      "seconds": .number(point.seconds), "model": .string(choice.architecture.name),
      "params": .number(choice.architecture.parameters), "tokens": .number(choice.tokens),
      "flops": .number(choice.tokens * choice.architecture.flopsPerToken), "loss": .number(choice.loss),
      "interior": .bool(choice.isInterior),
    ]
  }
}

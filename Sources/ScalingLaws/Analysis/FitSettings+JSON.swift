import Storage

extension FitSettings: JSONConvertible {
  /// Every setting that decides the result, by the names of the command line's options; `threads` is none of them.
  package var json: JSONValue {
    func number(_ value: Double?) -> JSONValue { value.map { .number($0) } ?? .null }
    let (kind, delta): (String, Double?) =
      switch objective.kind {
      case .huber(let delta): ("huber", delta)
      case .absolute: ("lad", nil)
      case .squaredLog: ("log-mse", nil)
      case .squaredRaw: ("mse", nil)
      }
    return [
      "form": .string(form.rawValue), "over": .string(variable.rawValue), "breaks": .integer(breaks),
      "objective": .string(kind), "delta": number(delta),
      "overestimate_penalty": .number(objective.overestimatePenalty), "weigh": .string(weighting.rawValue),
      "fix": .object(
        JSONObject(constraints.fixed.sorted { $0.key < $1.key }.map { ($0.key, .number($0.value)) })),
      "tie": .array(constraints.tied.map { JSONValue($0) }),
      "bootstrap": .integer(draws), "resample": .string(resampling.rawValue), "seed": JSONValue(seed),
      "holdout": number(holdout), "min_ratio": number(minimumRatio), "compare": .bool(compares),
      "profile": .bool(profiles), "leave_out": leavesOut.map { .string($0.rawValue) } ?? .null,
      "starts": triesPublishedStarts ? "published" : .null, "predict_at": JSONValue(targets),
      "target_loss": JSONValue(targetLosses), "fixed_params": JSONValue(fixedParameters),
      "fixed_tokens": JSONValue(fixedTokens),
    ]
  }
}

extension RunColumns: JSONConvertible {
  /// The column each quantity was read from, null where there is none.
  package var json: JSONValue {
    func name(_ column: String?) -> JSONValue { column.map { .string($0) } ?? .null }
    return [
      "params": name(parameters), "tokens": name(tokens), "flops": name(flops), "loss": name(loss),
      "used": name(used), "weight": name(weight), "unique_tokens": name(uniqueTokens), "steps": name(steps),
      "batch_tokens": name(batchTokens), "seconds": name(seconds), "budget": name(budget),
    ]
  }
}

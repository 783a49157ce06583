import Formatting
import Storage
import Tokenization

extension Story.Node {
  var json: JSONValue {
    var object = JSONObject([
      ("parent", .integer(parent)), ("by", .string(turn.author.rawValue)), ("text", .string(turn.text)),
    ])
    // What is no UTF-8 would not come back from a string.
    if Array(turn.text.utf8) != turn.bytes { object["bytes"] = JSONValue(turn.bytes.map(Int.init)) }
    object["tokens"] = JSONValue(turn.tokens.map(Int.init))
    if turn.endsText { object["ends_text"] = true }
    if let stream = turn.stream { object["stream"] = JSONValue(stream) }
    if !turn.choices.isEmpty { object["choices"] = .array(turn.choices.map { $0?.json ?? .null }) }
    return .object(object)
  }
}

extension TokenChoice {
  fileprivate var json: JSONValue {
    var object = chosen.members
    object["id"] = nil
    object["entropy"] = JSONValue(entropy)
    object["alternatives"] = .array(alternatives.map { .object($0.members) })
    return .object(object)
  }
}

extension TokenChoice.Candidate {
  fileprivate var members: JSONObject {
    JSONObject([
      ("id", .integer(Int(id))), ("logprob", JSONValue(logProbability)),
      ("drawn_logprob", JSONValue(drawnLogProbability)),
    ])
  }
}

// MARK: Reading

/// Ids that fit; whether a tokenizer has them is seen when it is known.
private let anyID = NumberRange.within(0...(SizeLimits.vocabulary.high - 1))

/// Logarithms of probabilities, which rounding may leave a little above 0.
private let anyLogarithm = NumberRange.within(-1e9...1)

extension Turn {
  init(json node: JSONNode) throws(QuillError) {
    let name: String = try node.value("by")
    guard let author = Author(rawValue: name) else {
      throw node.error("a turn is by 'person' or by 'model', found '\(name)'")
    }
    let text: String = try node.value("text")
    let bytes = try node.valueIfPresent("bytes", as: JSONNode.self).map { (_) throws(QuillError) in
      try node.values("bytes", in: .within(0...255)).map { UInt8($0) }
    }
    self.init(
      author, bytes: bytes ?? Array(text.utf8), tokens: try node.values("tokens", in: anyID).map { TokenID($0) }
    )
    endsText = try node.valueIfPresent("ends_text") ?? false
    stream = try node.valueIfPresent("stream")
    guard let choices = try node.valueIfPresent("choices", as: [JSONNode].self), !choices.isEmpty else {
      return
    }
    guard choices.count == tokens.count else {
      throw node.error("\(tokens.count) tokens have \(choices.count) choices")
    }
    for (choice, id) in zip(choices, tokens) {
      self.choices.append(choice.value == .null ? nil : try TokenChoice(json: choice, id: id))
    }
  }
}

extension TokenChoice {
  fileprivate init(json node: JSONNode, id: TokenID) throws(QuillError) {
    var alternatives: [Candidate] = []
    for alternative in try node.value("alternatives", as: [JSONNode].self) {
      alternatives.append(try Candidate(json: alternative, id: TokenID(alternative.value("id", in: anyID))))
    }
    self.init(
      chosen: try Candidate(json: node, id: id), alternatives: alternatives,
      entropy: try node.value("entropy", in: .within(0...1e3)))
  }
}

extension TokenChoice.Candidate {
  fileprivate init(json node: JSONNode, id: TokenID) throws(QuillError) {
    self.init(
      id: id, logProbability: try node.number("logprob", in: anyLogarithm, otherwise: -.infinity),
      drawnLogProbability: try node.number("drawn_logprob", in: anyLogarithm, otherwise: -.infinity))
  }
}

// MARK: Settings

extension Conversation.Settings {
  var json: JSONValue {
    let s = sampling
    return [
      "temperature": .number(s.temperature), "top_k": JSONValue(s.topK), "top_p": JSONValue(s.topP),
      "min_p": JSONValue(s.minP), "typical_p": JSONValue(s.typicalP),
      "repetition_penalty": .number(s.repetitionPenalty), "presence_penalty": .number(s.presencePenalty),
      "frequency_penalty": .number(s.frequencyPenalty), "banned_strings": JSONValue(s.bannedStrings),
      "seed": JSONValue(s.seed), "tokens": .integer(tokenCount), "stops": JSONValue(stops),
      "alternatives": .integer(alternativeCount),
    ]
  }

  init(json node: JSONNode) throws(QuillError) {
    let sampling = SamplingSettings(
      temperature: try node.value("temperature"), topK: try node.valueIfPresent("top_k"),
      topP: try node.valueIfPresent("top_p"), minP: try node.valueIfPresent("min_p"),
      typicalP: try node.valueIfPresent("typical_p"),
      repetitionPenalty: try node.value("repetition_penalty"),
      presencePenalty: try node.value("presence_penalty"),
      frequencyPenalty: try node.value("frequency_penalty"), bannedStrings: try node.value("banned_strings"),
      seed: try node.value("seed"))
    do throws(QuillError) { try sampling.validate() } catch {
      throw node.error("\(error.place) \(error.problem)")
    }
    self.init(
      sampling, tokenCount: try node.value("tokens", in: Self.tokenCounts), stops: try node.value("stops"),
      alternativeCount: try node.value("alternatives", in: Self.alternativeCounts))
  }

  package static let tokenCounts = NumberRange.within(1...1_000_000)
  package static let alternativeCounts = NumberRange.within(0...1_000)
}

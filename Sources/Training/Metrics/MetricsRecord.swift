import Formatting
import Foundation
import Storage

/// One line of `metrics.jsonl` (`docs/formats/metrics.md`).
///
/// `train` and `eval` records are pure functions of the configuration and the corpus: an interrupted and resumed run
/// writes the same ones, bit for bit, as an uninterrupted run. What depends on the machine and the moment is in
/// `timing` and `event` records.
package enum MetricsRecord: Sendable, Equatable {
  /// The batch that the update number `step` (from 1) was computed from.
  case train(step: Int, loss: Double, learningRate: Double, gradientNorm: Double, tokens: Int)
  /// The validation split after `step` updates.
  case evaluation(step: Int, EvaluationResult, isBest: Bool)
  /// Speed since the last such record, and the time since the process began training.
  case timing(step: Int, elapsedSeconds: Double, tokensPerSecond: Double, shareOfPeak: Double?)
  /// Something that happened: `started`, `resumed`, `saved`, `interrupted`, `stopped_early`, `finished`, `diverged`.
  case event(step: Int, name: String, detail: String, time: String)

  /// The updates done when the record was made.
  package var step: Int {
    switch self {
    case .train(let step, _, _, _, _), .evaluation(let step, _, _), .timing(let step, _, _, _),
      .event(let step, _, _, _):
      step
    }
  }

  /// The record as a JSON object; numbers are the shortest decimals that read back as the same bits.
  package var json: JSONValue {
    switch self {
    case .train(let step, let loss, let learningRate, let gradientNorm, let tokens):
      [
        "type": "train", "step": .integer(step), "loss": .number(loss), "lr": .number(learningRate),
        "grad_norm": .number(gradientNorm), "tokens": .integer(tokens),
      ]
    case .evaluation(let step, let result, let isBest):
      [
        "type": "eval", "step": .integer(step), "loss": .number(result.loss),
        "standard_error": .number(result.standardError), "perplexity": .number(result.perplexity),
        "bits_per_byte": result.bitsPerByte.map { .number($0) } ?? .null, "tokens": .integer(result.tokens),
        "bytes": .integer(result.bytes), "entropy_floor": result.entropyFloor.map { .number($0) } ?? .null,
        "best": .bool(isBest),
      ]
    case .timing(let step, let elapsedSeconds, let tokensPerSecond, let shareOfPeak):
      [
        "type": "timing", "step": .integer(step), "elapsed_seconds": .number(elapsedSeconds),
        "tokens_per_second": .number(tokensPerSecond),
        "share_of_peak": shareOfPeak.map { .number($0) } ?? .null,
      ]
    case .event(let step, let name, let detail, let time):
      [
        "type": "event", "step": .integer(step), "event": .string(name), "detail": .string(detail),
        "time": .string(time),
      ]
    }
  }
}

extension MetricsRecord: JSONReadable {
  package init(json node: JSONNode) throws(QuillError) {
    let step: Int = try node.value("step", in: SizeLimits.counter)
    switch try node.value("type", as: String.self) {
    case "train":
      self = .train(
        step: step, loss: try node.value("loss", in: SizeLimits.measure),
        learningRate: try node.value("lr", in: SizeLimits.measure),
        // Of gradients that fit single precision, however many.
        gradientNorm: try node.value("grad_norm", in: .within(0...1e60)),
        tokens: try node.value("tokens", in: SizeLimits.counter))
    case "eval":
      let loss = try node.value("loss", in: SizeLimits.measure)
      let result = EvaluationResult(
        loss: loss,
        standardError: try node.number("standard_error", in: SizeLimits.measure, otherwise: .infinity),
        perplexity: try node.number(
          "perplexity", in: .within(0...(.greatestFiniteMagnitude)), otherwise: exp(loss)),
        bitsPerByte: try node.valueIfPresent("bits_per_byte", in: SizeLimits.measure),
        tokens: try node.value("tokens", in: SizeLimits.counter),
        bytes: try node.value("bytes", in: SizeLimits.counter),
        entropyFloor: try node.valueIfPresent("entropy_floor", in: SizeLimits.measure))
      self = .evaluation(step: step, result, isBest: try node.value("best"))
    case "timing":
      self = .timing(
        step: step, elapsedSeconds: try node.value("elapsed_seconds", in: SizeLimits.measure),
        tokensPerSecond: try node.number("tokens_per_second", in: SizeLimits.measure, otherwise: .infinity),
        shareOfPeak: try node.valueIfPresent("share_of_peak", in: SizeLimits.measure))
    case "event":
      self = .event(
        step: step, name: try node.value("event"), detail: try node.value("detail"),
        time: try node.value("time"))
    case let type: throw node.error("unknown record type '\(type)'")
    }
  }
}

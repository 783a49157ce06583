import Formatting
import Insight
import Storage
import Training

/// What `quill evaluate` prints.
struct EvaluationOutput {
  let evaluations: [DetailedEvaluation]

  /// One corpus's numbers by themselves, several as an array.
  var json: JSONValue {
    if evaluations.count == 1 { return evaluations[0].json }
    return [
      "corpora": .array(evaluations.map { .object(["corpus": .string($0.corpus)], then: $0.json) })
    ]
  }

  var text: String {
    if evaluations.count == 1 {
      return ([evaluations[0].result.summary] + evaluations[0].parts).joined(separator: "\n")
    }
    var pieces = [table]
    for evaluation in evaluations where !evaluation.parts.isEmpty {
      pieces.append("\(evaluation.corpus)\n")
      pieces += evaluation.parts
    }
    return pieces.joined(separator: "\n")
  }

  /// The corpora side by side, against the first.
  private var table: String {
    let first = evaluations[0].result
    let rows = evaluations.enumerated().map { number, evaluation in
      let result = evaluation.result
      let error = (first.standardError * first.standardError + result.standardError * result.standardError)
        .squareRoot()
      return [
        evaluation.corpus, Quantity.decimals(result.loss, 4), "± " + Quantity.decimals(result.standardError, 4),
        Quantity.decimals(result.perplexity, 3), result.bitsPerByte.map { Quantity.decimals($0, 4) } ?? "-",
        result.tokens.grouped,
        number == 0 ? "" : Quantity.signed(result.loss - first.loss, 4) + " ± " + Quantity.decimals(error, 4),
      ]
    }
    return Table(
      [["corpus", "loss", "", "perplexity", "bits/byte", "tokens", "against the first"]] + rows,
      alignments: [.left, .right, .left, .right, .right, .right, .right]
    ).rendered()
  }
}

extension DetailedEvaluation {
  /// The fields of the evaluation, then the parts that were measured.
  fileprivate var json: JSONValue {
    var object = JSONObject()
    if let positions {
      object["positions"] = .array(
        positions.bins.map {
          [
            "seen": [.integer($0.seen.lowerBound), .integer($0.seen.upperBound)], "loss": JSONValue($0.mean),
            "standard_error": JSONValue($0.standardError), "tokens": .integer($0.tokens),
          ]
        })
    }
    if let calibration {
      object["calibration"] = [
        "accuracy": JSONValue(calibration.accuracy), "confidence": JSONValue(calibration.confidence),
        "expected_error": JSONValue(calibration.expectedError),
        "temperature": JSONValue(calibration.best.temperature), "loss": JSONValue(calibration.best.loss),
        "at_edge": .bool(calibration.best.isAtEdge),
        "bins": .array(
          calibration.bins.map {
            [
              "low": .number($0.low), "high": .number($0.high), "count": .integer($0.count),
              "confidence": JSONValue($0.confidence), "accuracy": JSONValue($0.accuracy),
            ]
          }),
        "temperatures": .array(
          calibration.curve.values.map {
            ["temperature": .number($0.temperature), "loss": JSONValue($0.loss)]
          }),
      ]
    }
    if let gap {
      object["gap"] = [
        "windows": .integer(gap.windows), "difference": JSONValue(gap.difference),
        "standard_error": JSONValue(gap.standardError), "train": gap.train.json,
        "validation": gap.validation.json,
      ]
    }
    if let questions { object["questions"] = questions.json }
    var result = result.json
    if case .object(var members) = result {
      for (key, value) in object.members { members[key] = value }
      result = .object(members)
    }
    return result
  }

  /// A table for each part that was measured.
  fileprivate var parts: [String] {
    [positionTable, calibrationTable, gapTable, questionTable].compactMap { $0 }
  }

  private var positionTable: String? {
    positions.map { positions in
      Table(
        [["tokens seen", "loss", "", "targets"]]
          + positions.bins.map {
            [
              $0.seen.count == 1 ? "\($0.seen.lowerBound)" : "\($0.seen.lowerBound)–\($0.seen.upperBound)",
              Quantity.decimals($0.mean, 4), "± " + Quantity.decimals($0.standardError, 4), $0.tokens.grouped,
            ]
          }, alignments: [.right, .right, .left, .right]
      ).rendered()
    }
  }

  private var calibrationTable: String? {
    calibration.map { calibration in
      let best = calibration.best
      let summary = Table([
        ["likeliest token right", Quantity.percent(calibration.accuracy)],
        ["its mean confidence", Quantity.percent(calibration.confidence)],
        ["expected calibration error", Quantity.percent(calibration.expectedError)],
        [
          "best temperature",
          "\(Quantity.decimals(best.temperature, 4)), loss \(Quantity.decimals(best.loss, 4))"
            + " (\(Quantity.signed(best.loss - calibration.curve.loss, 4)))",
        ],
      ]).rendered()
      let bins = Table(
        [["confidence", "predictions", "mean", "right"]]
          + calibration.bins.filter { $0.count > 0 }.map {
            [
              "\(Quantity.decimals($0.low, 2))–\(Quantity.decimals($0.high, 2))", $0.count.grouped,
              Quantity.percent($0.confidence), Quantity.percent($0.accuracy),
            ]
          }, alignments: [.left, .right, .right, .right]
      ).rendered()
      return summary + "\n" + bins
    }
  }

  private var gapTable: String? {
    gap.map { gap in
      func loss(_ value: Double, _ error: Double) -> String {
        "\(Quantity.decimals(value, 4)) ± \(Quantity.decimals(error, 4))"
      }
      return Table([
        ["training loss", loss(gap.train.loss, gap.train.standardError)],
        ["validation loss", loss(gap.validation.loss, gap.validation.standardError)],
        ["memorization gap", loss(gap.difference, gap.standardError)],
        [
          "measured on",
          "\(gap.windows.grouped) random \(gap.windows == 1 ? "window" : "windows") of either split",
        ],
      ]).rendered()
    }
  }

  private var questionTable: String? {
    questions.map { score in
      Table(
        [["difficulty", "asked", "right", "by chance"]]
          + score.levels.map {
            [
              "\($0.difficulty)", $0.asked.grouped,
              Quantity.percent(Double($0.right) / Double(max(1, $0.asked))),
              Quantity.percent($0.chance / Double(max(1, $0.asked))),
            ]
          } + [["all", score.asked.grouped, Quantity.percent(score.share), ""]],
        alignments: [.right, .right, .right, .right]
      ).rendered()
    }
  }
}

extension EvaluationResult {
  fileprivate var json: JSONValue {
    [
      "loss": JSONValue(loss), "standard_error": JSONValue(standardError), "perplexity": JSONValue(perplexity),
      "bits_per_byte": JSONValue(bitsPerByte), "tokens": .integer(tokens), "bytes": .integer(bytes),
      "entropy_floor": JSONValue(entropyFloor),
    ]
  }

  fileprivate var summary: String {
    var rows = [
      ["loss", "\(Quantity.decimals(loss, 4)) ± \(Quantity.decimals(standardError, 4)) nats per token"],
      ["perplexity", Quantity.decimals(perplexity, 3)],
    ]
    if let bitsPerByte { rows.append(["bits per byte", Quantity.decimals(bitsPerByte, 4)]) }
    if let entropyFloor {
      rows.append(["entropy of the text", "\(Quantity.decimals(entropyFloor, 4)) nats per token"])
    }
    rows.append(["measured on", "\(tokens.grouped) tokens, \(bytes.grouped) bytes"])
    return Table(rows).rendered()
  }
}

extension Quantity {
  /// `43.1 %`.
  fileprivate static func percent(_ share: Double) -> String { decimals(100 * share, 1) + " %" }
  /// `+0.1200`, `-0.1200`.
  fileprivate static func signed(_ value: Double, _ digits: Int) -> String {
    (value < 0 ? "" : "+") + decimals(value, digits)
  }
}

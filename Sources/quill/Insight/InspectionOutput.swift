import Formatting
import Insight
import Storage
import Tokenization
import Training
import Transformer

/// What `quill inspect` prints.
struct InspectionOutput {
  let checkpoint: String
  let loaded: LoadedModel
  let inspection: Inspection
  /// A token as people read it.
  let text: (TokenID) -> String

  private var configuration: ModelConfiguration { loaded.model.configuration }

  /// A line about the model.
  var description: String {
    let c = configuration
    return """
      \(c.family.rawValue), \(Quantity.short(c.parameterCount)) parameters: \(c.layerCount) layers of width \(c.width) with \
      \(c.headCount) heads, \(c.vocabularySize.grouped) tokens, context \(c.contextLength.grouped).
      """
  }

  var notices: [String] {
    let broken = inspection.tensors.filter { $0.nonFiniteCount > 0 }
    return broken.isEmpty
      ? [] : ["\(broken.count) tensors hold numbers that are not finite, the first is \(broken[0].name)."]
  }

  // MARK: Text

  var summary: String {
    var parts = [description + "\n", tensorTable]
    if let headTable { parts.append(headTable) }
    if let seen = inspection.text {
      parts.append(lensTable(seen))
      if let gradients = seen.gradients { parts.append(gradientTable(gradients)) }
    }
    parts += inspection.nearest.map(neighborTable)
    return parts.joined(separator: "\n")
  }

  private var tensorTable: String {
    Table(
      [["tensor", "shape", "norm", "rms", "largest", "not finite"]]
        + inspection.tensors.map {
          [
            $0.name, $0.shape.map(String.init).joined(separator: "×"), Quantity.significant($0.norm),
            Quantity.significant($0.rootMeanSquare), Quantity.significant($0.largest), "\($0.nonFiniteCount)",
          ]
        }, alignments: [.left, .right, .right, .right, .right, .right]
    ).rendered()
  }

  /// A line for each head; nil where nothing is known of them.
  private var headTable: String? {
    guard inspection.text != nil || inspection.induction != nil else { return nil }
    var header = ["layer", "head"]
    if inspection.text != nil { header += ["entropy", "token before", "first token"] }
    if inspection.induction != nil { header.append("induction") }
    let rows = (0..<configuration.layerCount * configuration.headCount).map { index in
      var row = ["\(index / configuration.headCount)", "\(index % configuration.headCount)"]
      if let head = inspection.text?.heads.heads[index] {
        row += [head.entropy, head.previousToken, head.firstToken].map { Quantity.decimals($0, 3) }
      }
      if let score = inspection.induction?.scores[index] { row.append(Quantity.decimals(score, 3)) }
      return row
    }
    return Table([header] + rows, alignments: header.map { _ in .right }).rendered()
  }

  private func lensTable(_ seen: Inspection.OnText) -> String {
    Table(
      [["after layer", "loss", ""]]
        + seen.lens.map {
          [
            "\($0.layer)", Quantity.decimals($0.mean, 4), "± " + Quantity.decimals($0.standardError, 4),
          ]
        }, alignments: [.right, .right, .left]
    ).rendered()
  }

  private func gradientTable(_ gradients: GradientOuterProduct) -> String {
    var rows = [["gradient's mean square", Quantity.significant(gradients.trace)]]
    if let rank = gradients.effectiveRank {
      rows.append(["effective rank", "\(Quantity.decimals(rank, 1)) of \(gradients.eigenvalues.count)"])
    }
    for count in [1, 10] {
      guard count < gradients.eigenvalues.count, let share = gradients.share(ofLargest: count) else { continue }
      rows.append(["share of the largest \(count)", "\(Quantity.decimals(100 * share, 1)) %"])
    }
    return Table(rows).rendered()
  }

  private func neighborTable(_ nearest: NearestTokens) -> String {
    Table(
      [["nearest to", "'\(Escaped.line(text(nearest.id)))'", "id \(nearest.id)"]]
        + nearest.neighbors.map {
          ["", "'\(Escaped.line(text($0.id)))'", Quantity.decimals($0.cosine, 3)]
        }
    ).rendered()
  }

  // MARK: JSON

  var json: JSONValue {
    let c = configuration
    return [
      "checkpoint": .string(checkpoint), "family": .string(c.family.rawValue),
      "parameters": .integer(c.parameterCount), "layers": .integer(c.layerCount),
      "heads": .integer(c.headCount),
      "width": .integer(c.width),
      "tensors": .array(
        inspection.tensors.map {
          [
            "name": .string($0.name), "shape": JSONValue($0.shape), "norm": JSONValue($0.norm),
            "root_mean_square": JSONValue($0.rootMeanSquare), "largest": JSONValue($0.largest),
            "non_finite": .integer($0.nonFiniteCount),
          ]
        }),
      "induction": inspection.induction.map { induction in
        [
          "scores": byLayer(induction.scores), "chance": .number(induction.chance),
          "period": .integer(induction.period),
          "repeats": .integer(induction.repeats), "sequences": .integer(induction.sequences),
        ]
      } ?? .null,
      "text": inspection.text.map(json) ?? .null,
      "nearest": .array(
        inspection.nearest.map { nearest in
          [
            "id": .integer(Int(nearest.id)), "text": .string(text(nearest.id)),
            "neighbors": .array(
              nearest.neighbors.map {
                [
                  "id": .integer(Int($0.id)), "text": .string(text($0.id)), "cosine": JSONValue($0.cosine),
                ]
              }),
          ]
        }),
    ]
  }

  private func json(_ seen: Inspection.OnText) -> JSONValue {
    [
      "corpus": .string(seen.corpus), "windows": .integer(seen.windows), "tokens": .integer(seen.tokens),
      "entropy": byLayer(seen.heads.heads.map(\.entropy)),
      "uniform_entropy": JSONValue(seen.heads.uniformEntropy),
      "previous_token": byLayer(seen.heads.heads.map(\.previousToken)),
      "first_token": byLayer(seen.heads.heads.map(\.firstToken)),
      "lens": .array(
        seen.lens.map {
          [
            "layer": .integer($0.layer), "loss": JSONValue($0.mean),
            "standard_error": JSONValue($0.standardError),
          ]
        }),
      "gradients": seen.gradients.map { gradients in
        [
          "positions": .integer(gradients.positionCount), "trace": JSONValue(gradients.trace),
          "effective_rank": JSONValue(gradients.effectiveRank), "eigenvalues": JSONValue(gradients.eigenvalues),
        ]
      } ?? .null,
    ]
  }

  /// `(L, H)` as an array for each layer.
  private func byLayer(_ values: [Double]) -> JSONValue {
    let H = configuration.headCount
    return .array(stride(from: 0, to: values.count, by: H).map { JSONValue(Array(values[$0..<$0 + H])) })
  }
}

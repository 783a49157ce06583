import Formatting
import Insight
import Storage

/// What `quill novelty` prints.
struct NoveltyOutput {
  /// What was looked up: "model" or "text".
  let title: String
  let written: Novelty
  let heldOut: Novelty?
  let index: VerbatimIndex
  let notices: [String]

  var json: JSONValue {
    [
      "samples": .integer(written.textCount), "tokens": .integer(written.tokenCount),
      "bytes": .integer(written.byteCount),
      "lengths": .array(
        written.shares.indices.map { place in
          [
            "length": .integer(written.shares[place].length), "written": json(written.shares[place]),
            "held_out": heldOut.map { json($0.shares[place]) } ?? .null,
          ]
        }),
      "longest": written.findings.first.map(json) ?? .null,
      "stretches": .array(written.findings.map(json)),
      "held_out": heldOut.map {
        [
          "samples": .integer($0.textCount), "tokens": .integer($0.tokenCount), "bytes": .integer($0.byteCount),
          "longest": $0.findings.first.map(json) ?? .null,
        ]
      } ?? .null,
      "index": [
        "path": .string(index.path), "made": .bool(index.wasMade), "tokens": .integer(index.symbolCount),
        "bytes": .integer(index.byteCount),
      ],
      "notices": .array(notices.map { .string($0) }),
    ]
  }

  private func json(_ share: Novelty.Share) -> JSONValue {
    [
      "share_of_tokens": .number(share.tokens.value),
      "share_of_tokens_error": JSONValue(share.tokens.standardError),
      "share_of_bytes": .number(share.bytes.value),
      "share_of_bytes_error": JSONValue(share.bytes.standardError),
    ]
  }

  private func json(_ finding: Novelty.Finding) -> JSONValue {
    let (stretch, place) = (finding.stretch, finding.stretch.place)
    return [
      "sample": .integer(finding.text), "first_token": .integer(stretch.tokenRange.lowerBound),
      "first_byte": .integer(stretch.byteRange.lowerBound), "tokens": .integer(stretch.tokenCount),
      "bytes": .integer(stretch.byteRange.count), "text": .string(stretch.text),
      "occurrences": .integer(stretch.occurrenceCount), "document": .integer(place.document),
      "byte": .integer(place.byteOffset), "line": .integer(place.line), "before": .string(place.before),
      "after": .string(place.after),
    ]
  }

  var text: String {
    var rows = [["verbatim, at least", title, "held-out text"]]
    for (place, share) in written.shares.enumerated() {
      rows.append([
        "\(share.length) tokens", percent(share.tokens),
        heldOut.map { percent($0.shares[place].tokens) } ?? "-",
      ])
    }
    let counts = { (novelty: Novelty) in
      "\(novelty.textCount.grouped) of \((novelty.tokenCount / max(1, novelty.textCount)).grouped)"
    }
    rows.append(["texts of tokens", counts(written), heldOut.map(counts) ?? "-"])
    rows.append([
      "longest", length(written), heldOut.map(length) ?? "-",
    ])
    let table = Table(rows, alignments: [.left, .right, .right]).rendered()
    // The longest is shown whatever its length; of a text that somebody asked about, all that count as copied.
    let shortest = written.shares.first?.length ?? 1
    let shown = written.findings.enumerated().filter {
      $0.offset == 0 || title == "text" && $0.element.stretch.tokenCount >= shortest
    }
    return table + shown.map { paragraph($0.element) }.joined()
  }

  private func length(_ novelty: Novelty) -> String {
    novelty.findings.first.map { tokens($0.stretch.tokenCount) } ?? "none"
  }

  private func percent(_ estimate: Novelty.Estimate) -> String {
    Quantity.decimals(100 * estimate.value, 1)
      + (estimate.standardError.map { " ± \(Quantity.decimals(100 * $0, 1))" } ?? "") + " %"
  }

  /// A stretch between what stands around it.
  private func paragraph(_ finding: Novelty.Finding) -> String {
    let (stretch, place) = (finding.stretch, finding.stretch.place)
    let times = stretch.occurrenceCount == 1 ? "once" : "\(stretch.occurrenceCount.grouped) times"
    return """

      \(tokens(stretch.tokenCount)), \(times) in the training text; first in document \(place.document.grouped), line \
      \(place.line.grouped), byte \(place.byteOffset.grouped):
        \(oneLine(place.before))[\(oneLine(stretch.text, limit: 400))]\(oneLine(place.after))

      """
  }

  private func tokens(_ count: Int) -> String { count == 1 ? "1 token" : "\(count.grouped) tokens" }

  private func oneLine(_ text: String, limit: Int = 200) -> String {
    Escaped.message(text.replacing("\n", with: " ⏎ "), limit: limit)
  }
}

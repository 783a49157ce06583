import Foundation
import Testing

/// What `quill evaluate` measures besides the loss, through the built program.
@Suite(.timeLimit(.minutes(20))) struct EvaluateTests {
  private func evaluate(_ arguments: String..., run: TinyRun) throws -> [String: Any] {
    let result = try run.quill(["evaluate", "run", "--corpus", "tales", "--json"] + arguments)
    #expect(result.exitCode == 0, "\(result.error)")
    return try result.json
  }

  private func number(_ object: Any?, _ keys: String...) throws -> Double {
    var value = object
    for key in keys { value = (value as? [String: Any])?[key] }
    return try #require(value as? NSNumber, "no number '\(keys)'").doubleValue
  }

  @Test func withoutPartsTheFieldsAreThoseOfBefore() throws {
    let json = try evaluate(run: try TinyRun.shared.get())
    #expect(
      Set(json.keys) == [
        "loss", "standard_error", "perplexity", "bits_per_byte", "tokens", "bytes", "entropy_floor", "notices",
      ])
  }

  @Test func allPartsAgreeWithTheLoss() throws {
    let run = try TinyRun.shared.get()
    let plain = try evaluate(run: run)
    let json = try evaluate("--all", run: run)
    for key in ["loss", "standard_error", "tokens"] { #expect(try number(json, key) == number(plain, key)) }
    let (loss, tokens) = try (number(json, "loss"), number(json, "tokens"))

    let positions = try #require(json["positions"] as? [[String: Any]])
    #expect(try positions.reduce(0) { try $0 + number($1, "tokens") } == tokens)
    let sum = try positions.reduce(0) { try $0 + number($1, "loss") * number($1, "tokens") }
    #expect(try abs(sum / tokens - number(json, "loss")) <= tokens * 0x1p-52 * loss)
    #expect(positions.compactMap { ($0["seen"] as? [Int])?.first } == [1, 2, 3, 5, 9, 17])

    // The best temperature is no worse than 1, whose loss the curve holds: fp32 logits against fp32 losses.
    #expect(try number(json, "calibration", "loss") <= loss + 1e-5)
    let calibration = try #require(json["calibration"] as? [String: Any])
    let bins = try #require(calibration["bins"] as? [[String: Any]])
    #expect(try bins.count == 15 && bins.reduce(0) { try $0 + number($1, "count") } == tokens)
    let curve = try #require(calibration["temperatures"] as? [[String: Any]])
    #expect(try abs(number(curve[16], "loss") - loss) <= 1e-5)
    #expect(try curve.allSatisfy { try number($0, "loss") >= number(calibration, "loss") - 1e-9 })

    // Reading a number back can be off by its last place.
    let (train, validation) = try (
      number(json, "gap", "train", "loss"), number(json, "gap", "validation", "loss")
    )
    #expect(
      try abs(number(json, "gap", "difference") - (validation - train)) <= 3 * 0x1p-52 * (train + validation))
    #expect(try number(json, "gap", "standard_error") > 0)
    let questions = try #require(json["questions"] as? [String: Any])
    #expect(try number(questions, "asked") > 200 && number(questions, "asked") <= 256)
    // Batch and threads change nothing.
    let other = try evaluate("--all", "--batch", "3", "--threads", "2", run: run)
    #expect(NSDictionary(dictionary: other) == NSDictionary(dictionary: json))
  }

  @Test func severalCorporaGiveATable() throws {
    let run = try TinyRun.shared.get()
    try run.withCopy { run, folder in
      try "My lord, the sea is dark tonight. ".repeated(200)
        .write(to: folder.appending(path: "other.txt"), atomically: true, encoding: .utf8)
      #expect(
        try run.quill("corpus", "pack", "other.txt", "--tokenizer", "tales.json", "--output", "other").exitCode
          == 0)
      let json = try evaluate("--corpus", "other", "--questions", "8", run: run)
      let corpora = try #require(json["corpora"] as? [[String: Any]])
      #expect(corpora.map { $0["corpus"] as? String } == ["tales", "other"])
      #expect(try number(corpora[0], "loss") == number(evaluate(run: run), "loss"))
      #expect(corpora[0]["questions"] != nil && corpora[1]["questions"] == nil)
      #expect((json["notices"] as? [String])?.count == 1)
      let text = try run.quill("evaluate", "run", "--corpus", "tales", "--corpus", "other")
      #expect(text.exitCode == 0 && text.output.contains("against the first") && text.output.contains("other"))
    }
  }

  @Test func figuresHaveTheirData() throws {
    let run = try TinyRun.shared.get()
    try run.withCopy { run, folder in
      let result = try run.quill(
        "evaluate", "run", "--corpus", "tales", "--positions", "--calibration", "--figures", "drawn")
      #expect(result.exitCode == 0)
      for name in ["positions", "reliability"] {
        let data = try String(contentsOf: folder.appending(path: "drawn/\(name).dat"), encoding: .utf8)
        #expect(data.contains("\"tales\""), "the corpus is named in the data")
      }
      let refused = try run.quill("evaluate", "run", "--corpus", "tales", "--figures", "x")
      #expect(refused.exitCode == 64 && refused.error.contains("--figures"))
      #expect(try run.quill("evaluate", "run").exitCode == 64)
    }
  }
}

extension String {
  fileprivate func repeated(_ count: Int) -> String { String(repeating: self, count: count) }
}

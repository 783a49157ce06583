import Foundation
import Testing

/// From text to sampled text, through the built program.
@Suite(.timeLimit(.minutes(20))) struct PipelineTests {
  private func number(_ object: [String: Any], _ key: String) throws -> Double {
    try #require(object[key] as? NSNumber, "no number '\(key)' in \(object.keys.sorted())").doubleValue
  }

  @Test func trainingReportsItsFields() throws {
    let json = try TinyRun.shared.get().training.json
    #expect(try number(json, "steps") == 24)
    #expect(try number(json, "tokens") == 24 * 8 * 32)
    for key in [
      "train_loss", "val_loss", "best_val_loss", "bits_per_byte", "tokens_per_second", "flops_per_token",
      "peak_bytes", "seconds", "entropy_floor",
    ] {
      #expect(try number(json, key) > 0, "\(key)")
    }
    #expect(json.keys.contains("share_of_peak"))
    // An untrained model over 320 ids has ln 320 = 5.77 nats.
    #expect(try number(json, "val_loss") < 5.7)
    #expect(try number(json, "val_loss") > number(json, "entropy_floor"))
  }

  @Test func evaluationAgreesWithTraining() throws {
    let run = try TinyRun.shared.get()
    let first = try run.quill("evaluate", "run", "--corpus", "tales", "--json")
    #expect(first.exitCode == 0, "\(first.error)")
    let json = try first.json
    // Reading the loss back can be off by its last place, up to 2⁻⁵⁰ below 8; exp multiplies by as much relatively.
    let perplexity = try exp(number(json, "loss"))
    #expect(try abs(number(json, "perplexity") - perplexity) <= 0x1p-49 * perplexity)
    for key in ["loss", "standard_error", "bits_per_byte", "tokens", "bytes", "entropy_floor"] {
      #expect(try number(json, key) > 0, "\(key)")
    }
    // The best checkpoint is evaluated; both losses are means of the same windows in the same order.
    #expect(try number(json, "loss") == number(run.training.json, "best_val_loss"))
    #expect(try run.quill("evaluate", "run", "--corpus", "tales", "--json").output == first.output)
    let text = try run.quill("evaluate", "run", "--corpus", "tales")
    #expect(text.output.contains("nats per token") && text.error.isEmpty)
  }

  @Test func samplesReportTheirFields() throws {
    let run = try TinyRun.shared.get()
    let result = try run.quill("sample", "run", "--prompt", "The", "--tokens", "40", "--seed", "5", "--json")
    #expect(result.exitCode == 0, "\(result.error)")
    let json = try result.json
    #expect(json["prompt"] as? String == "The")
    #expect(json["text"] is String)
    #expect(try number(json, "seed") == 5)
    #expect(try number(json, "tokens") <= 40)
    for key in ["prompt_tokens_per_second", "tokens_per_second", "seconds_to_first_token"] {
      #expect(try number(json, key) > 0, "\(key)")
    }
  }

  @Test func theSameSeedWritesTheSameText() throws {
    let run = try TinyRun.shared.get()
    // 60 tokens run past the context of 32.
    func text(_ seed: String, _ more: String...) throws -> String {
      try QuillProcess.run(
        ["sample", "run", "--prompt", "The", "--tokens", "60", "--ignore-end-of-text", "--seed", seed] + more,
        in: run.folder
      ).output
    }
    let first = try text("5")
    #expect(first.hasPrefix("The"))
    #expect(try text("5") == first)
    #expect(try text("6") != first)
    #expect(try text("5", "--temperature", "0") == text("6", "--temperature", "0"))
  }

  @Test func streamedTextEqualsTheTextOfTheObject() throws {
    let run = try TinyRun.shared.get()
    let streamed = try run.quill("sample", "run", "--tokens", "30", "--seed", "2")
    let object = try run.quill("sample", "run", "--tokens", "30", "--seed", "2", "--json").json
    let text = try #require(object["text"] as? String)
    #expect(streamed.output == (text.hasSuffix("\n") ? text : text + "\n"))
    #expect(object["prompt"] as? String == "")
  }

  @Test func severalSamplesDiffer() throws {
    let run = try TinyRun.shared.get()
    let json = try run.quill("sample", "run", "--num-samples", "2", "--tokens", "30", "--json").json
    let samples = try #require(json["samples"] as? [[String: Any]])
    #expect(samples.count == 2)
    #expect(samples[0]["text"] as? String == json["text"] as? String)
    #expect(samples[0]["text"] as? String != samples[1]["text"] as? String)
  }

  @Test func theLoopContinuesLinesAndEndsWithTheInput() throws {
    let run = try TinyRun.shared.get()
    let result = try run.quill(
      "repl", "run", "--tokens", "8", input: "The\n\n/temperature 0\n/nonsense\n/reset\nA\n")
    #expect(result.exitCode == 0, "\(result.error)")
    #expect(result.error.isEmpty)
    #expect(result.output.contains("temperature  0"))
    #expect(result.output.contains("There is no /nonsense."))
    let quit = try run.quill("repl", "run", input: "/quit\nThe\n")
    #expect(quit.exitCode == 0 && quit.output.isEmpty)
  }

  @Test func textSurvivesEncodingAndDecoding() throws {
    let run = try TinyRun.shared.get()
    let text = "Grüße, 世界! 😀\n\n  twice  \u{0}"
    let ids = try run.quill("tokenizer", "encode", "--tokenizer", "tales.json", "-", input: text)
    #expect(ids.exitCode == 0)
    let back = try run.quill("tokenizer", "decode", "--tokenizer", "tales.json", input: ids.output)
    #expect(back.output == text)
    // An argument cannot hold the zero byte at the end.
    let argument = String(text.dropLast())
    let json = try run.quill("tokenizer", "encode", "--tokenizer", "tales.json", argument, "--json").json
    #expect(try number(json, "bytes") == Double(argument.utf8.count))
    #expect((json["ids"] as? [Int])?.count == json["tokens"] as? Int)
  }

  @Test func aPackedCorpusIsInspectedAndVerified() throws {
    let run = try TinyRun.shared.get()
    let inspection = try run.quill("corpus", "inspect", "tales", "--json")
    #expect(inspection.exitCode == 0, "\(inspection.error)")
    #expect(try !inspection.json.isEmpty)
    #expect(try run.quill("corpus", "verify", "tales").exitCode == 0)
  }

  @Test func talesAreTheSameForTheSameSeed() throws {
    let run = try TinyRun.shared.get()
    try run.withCopy { run, folder in
      for (seed, name) in [("3", "again.txt"), ("4", "other.txt")] {
        let result = try run.quill(
          "corpus", "tales", "--bytes", "200kB", "--seed", seed, "--output", name, "--json")
        #expect(try number(result.json, "bits_per_byte") > 0)
      }
      let first = try Data(contentsOf: folder.appending(path: "tales.txt"))
      #expect(try Data(contentsOf: folder.appending(path: "again.txt")) == first)
      #expect(try Data(contentsOf: folder.appending(path: "other.txt")) != first)
    }
  }
}

import Foundation
import Testing

/// `quill sample`, its options for choosing tokens, and what it prints of them.
@Suite(.timeLimit(.minutes(20))) struct SampleTests {
  private func sample(_ arguments: [String], input: String = "") throws -> [String: Any] {
    let run = try TinyRun.shared.get()
    let result = try run.quill(["sample", "run", "--json"] + arguments, input: input)
    #expect(result.exitCode == 0, "\(result.error)")
    return try result.json
  }

  private func ids(_ arguments: [String]) throws -> [Int] {
    try #require(try sample(arguments)["ids"] as? [Int])
  }

  /// Options that change nothing change no token.
  @Test func neutralOptionsChangeNothing() throws {
    let plain = try ids(["--tokens", "20", "--seed", "3"])
    let neutral = try ids([
      "--tokens", "2e1", "--seed", "3", "--typical-p", "1", "--repetition-penalty", "1", "--presence-penalty",
      "0",
      "--frequency-penalty", "0", "--logit-bias", "5=0",
    ])
    #expect(plain == neutral)
    #expect(
      try ids(["--tokens", "20", "--seed", "3", "--ban-token", "\(plain[0])"]).contains(plain[0]) == false)
    #expect(try ids(["--tokens", "6", "--logit-bias", "9=1e5"]) == [9, 9, 9, 9, 9, 9])
    #expect(
      try ids(["--tokens", "2", "--logit-bias", "\"9\"=1e5"]) == [24, 24], "the text 9, which is the byte 0x39")
  }

  /// Threads, neighbours, guesses and another way of keeping the same numbers change no token.
  @Test func theSameSeedIsTheSameText() throws {
    let common = ["--tokens", "40", "--seed", "5", "--ignore-end-of-text", "--slide"]
    let alone = try ids(common + ["--threads", "1"])
    #expect(try ids(common + ["--threads", "2"]) == alone)
    #expect(try ids(common + ["--threads", "3", "--samples", "4"]) == alone)
    let samples = try #require(try sample(common + ["--samples", "19"])["samples"] as? [[String: Any]])
    #expect(samples.count == 19 && samples[0]["ids"] as? [Int] == alone)
    #expect(Set(samples.map { "\($0["ids"] ?? "")" }).count > 10)
    #expect(try ids(common + ["--speculate", "5"]) == alone)
    let eight = try ids(common + ["--weights", "int8", "--cache", "int8"])
    #expect(try ids(common + ["--weights", "int8", "--cache", "int8", "--speculate", "3"]) == eight)
  }

  @Test func aTextEndsWithTheContextUnlessItSlides() throws {
    let run = try TinyRun.shared.get()
    let ended = try sample(["--tokens", "1000", "--ignore-end-of-text"])
    #expect(ended["ending"] as? String == "context")
    let notices = try #require(ended["notices"] as? [String])
    #expect(notices.contains { $0.contains("--slide") })
    let slid = try sample(["--tokens", "1000", "--ignore-end-of-text", "--slide"])
    #expect(slid["ending"] as? String == "length" && slid["tokens"] as? Int == 1000)
    let prompt = String(repeating: "word ", count: 500)
    let refused = try run.quill(["sample", "run", "--prompt", prompt])
    #expect(refused.exitCode == 64 && refused.error.contains("--slide"))
    #expect(try run.quill(["sample", "run", "--prompt", prompt, "--slide"]).exitCode == 0)
    #expect(try run.quill(["sample", "run", "--precision", "fp32", "--weights", "bf16"]).exitCode == 64)
  }

  /// Several texts are printed one after the other, each with its prompt, a line of dashes between them.
  @Test func textsAreInOrder() throws {
    let run = try TinyRun.shared.get()
    let options = ["--tokens", "20", "--seed", "5", "--prompt", "One"]
    let samples = try #require(try sample(options + ["--samples", "3"])["samples"] as? [[String: Any]])
    let shown = try run.quill(["sample", "run", "--samples", "3"] + options)
    let expected = samples.map { "One" + ($0["text"] as? String ?? "") }.map {
      $0.hasSuffix("\n") ? $0 : $0 + "\n"
    }
    #expect(shown.output == expected.joined(separator: "---\n"))
  }

  @Test func bannedStringsDoNotComeUp() throws {
    for letter in ["e", "a"] {
      let json = try sample(["--tokens", "60", "--ban-string", letter, "--ignore-end-of-text"])
      #expect((json["text"] as? String)?.contains(letter) == false)
    }
  }

  @Test func logProbabilitiesStandBesideTheTokens() throws {
    let json = try sample([
      "--tokens", "12", "--logprobs", "3", "--temperature", "0", "--ban-token", "<|endoftext|>",
    ])
    let found = try #require(json["logprobs"] as? [String: Any])
    let ids = try #require(json["ids"] as? [Int])
    #expect(found["ids"] as? [Int] == ids)
    #expect((found["tokens"] as? [String])?.joined() == json["text"] as? String)
    let offsets = try #require(found["text_offset"] as? [Int])
    let bytes = try #require(found["bytes"] as? [[Int]])
    #expect(offsets == bytes.indices.map { bytes[..<$0].joined().count })
    let chosen = try #require(found["token_logprobs"] as? [Double])
    let top = try #require(found["top_logprobs"] as? [[[String: Any]]])
    #expect(chosen.count == 12 && top.count == 12)
    for (id, (logprob, alternatives)) in zip(ids, zip(chosen, top)) {
      // Greedy: the token is the likeliest that is not ruled out, and certain.
      #expect(alternatives.count == 3)
      let first = try #require(alternatives.first { ($0["token"] as? String) != "<|endoftext|>" })
      #expect(first["id"] as? Int == id && first["logprob"] as? Double == logprob)
      for other in alternatives {
        #expect(
          other["id"] as? Int == id ? other["drawn_logprob"] as? Double == 0 : other["drawn_logprob"] is NSNull)
      }
    }
    #expect(try sample(["--tokens", "3"])["logprobs"] == nil)
  }

  @Test func beamsFindALikelierTextThanGreed() throws {
    let options = ["--tokens", "12", "--prompt", "The"]
    let one = try sample(options + ["--beams", "1"])
    let greedy = try sample(options + ["--temperature", "0"])
    #expect(one["ids"] as? [Int] == greedy["ids"] as? [Int])
    let four = try sample(options + ["--beams", "4"])
    let (narrow, wide) = try (#require(one["score"] as? Double), #require(four["score"] as? Double))
    #expect(wide >= narrow)
    #expect(try sample(options + ["--beams", "4"])["ids"] as? [Int] == four["ids"] as? [Int])
    let run = try TinyRun.shared.get()
    // The context of 32 does not slide under beams.
    let long = try run.quill(["sample", "run", "--beams", "2", "--tokens", "40"])
    #expect(long.exitCode == 64 && long.error.contains("exceed the model's context of 32"))
  }

  @Test func aPipedTextIsThePrompt() throws {
    #expect(try sample(["--tokens", "3"], input: "One day")["prompt"] as? String == "One day")
    #expect(try sample(["--tokens", "3", "--prompt", "Two"], input: "One day")["prompt"] as? String == "Two")
    #expect(try sample(["--tokens", "3", "--prompt", "-"], input: "One day")["prompt"] as? String == "One day")
    #expect(try sample(["--tokens", "3"])["prompt"] as? String == "")
  }

  @Test func bothNamesOfTheNumberOfSamplesAreUnderstood() throws {
    let new = try #require(try sample(["--samples", "2", "--tokens", "5"])["samples"] as? [[String: Any]])
    let old = try #require(try sample(["--num-samples", "2", "--tokens", "5"])["samples"] as? [[String: Any]])
    #expect(new.compactMap { $0["text"] as? String } == old.compactMap { $0["text"] as? String })
  }

  /// A folder whose end of text has another name, and one that names an id that cannot be.
  @Test func theFolderSaysWhatEndsAText() throws {
    try TinyRun.shared.get().withCopy { run, folder in
      let other = folder.appending(path: "other")
      try FileManager.default.createDirectory(at: other, withIntermediateDirectories: true)
      for name in ["config.json", "generation_config.json", "model.safetensors", "tokenizer.json"] {
        let file = folder.appending(path: "run/\(name)").resolvingSymlinksInPath()
        try FileManager.default.copyItem(at: file, to: other.appending(path: name))
      }
      func set(_ id: String) throws {
        for name in ["config.json", "generation_config.json"] {
          let file = other.appending(path: name)
          let text = try String(contentsOf: file, encoding: .utf8)
          let changed = text.replacing(/"eos_token_id": [^,\n]*/, with: "\"eos_token_id\": \(id)")
          try changed.write(to: file, atomically: true, encoding: .utf8)
        }
      }
      let arguments = [
        "sample", "other", "--prompt", "The", "--temperature", "0", "--tokens", "8", "--json",
      ]
      let whole = try run.quill(arguments)
      try #require(whole.exitCode == 0, "\(whole.error)")
      let first = try #require(try whole.json["ids"] as? [Int])
      // The third token is declared to end a text, one of a list.
      try set("[5000, \(first[2])]")
      let result = try run.quill(arguments)
      try #require(result.exitCode == 0, "\(result.error)")
      let json = try result.json
      let end = first.firstIndex(of: first[2])!
      #expect(json["ending"] as? String == "end_of_text")
      #expect(json["ids"] as? [Int] == Array(first[..<end]))
      #expect((json["notices"] as? [String])?.count == 1)
      #expect(result.error.isEmpty)
      let told = try run.quill(Array(arguments.dropLast()))
      #expect(told.error.hasPrefix("Note: ") && told.error.contains("5000 is outside"))
    }
  }
}

import Foundation
import TestSupport
import Testing

/// `quill novelty` from a text to figures.
@Suite(.timeLimit(.minutes(20))) struct NoveltyTests {
  private func lengths(_ json: [String: Any]) throws -> [[String: Any]] {
    try #require(json["lengths"] as? [[String: Any]])
  }

  private func share(_ length: [String: Any], _ side: String = "written") throws -> Double {
    try #require((length[side] as? [String: Any])?["share_of_tokens"] as? Double)
  }

  /// A model that has seen a short text hundreds of times writes it down, and is found out.
  @Test func anOverfittedModelIsTracedToItsLines() throws {
    try withTemporaryFolder { folder in
      var random = SeededGenerator(seed: 11)
      let words = (0..<60).map { _ in
        String(
          decoding: (0..<Int.random(in: 2...6, using: &random)).map { _ in
            UInt8.random(in: 97...122, using: &random)
          }, as: UTF8.self)
      }
      let lines = (0..<40).map { _ in
        (0..<6).map { _ in words.randomElement(using: &random)! }.joined(separator: " ")
      }
      try Data(lines.joined(separator: "\n").utf8).write(to: folder.appending(path: "text.txt"))
      for arguments in [
        ["tokenizer", "train", "text.txt", "--vocab-size", "300", "--output", "tokenizer.json"],
        [
          "corpus", "pack", "text.txt", "--tokenizer", "tokenizer.json", "--output", "corpus", "--validation",
          "0.2",
        ],
        ["train", "--corpus", "corpus", "--output", "run", "--json"]
          + [
            "layers=1", "width=64", "heads=2", "context=32", "batch=8", "steps=1200", "eval_every=1200",
            "threads=1", "lr=3e-3",
            "precision=fp32",
          ].flatMap { ["--set", $0] },
      ] {
        let result = try QuillProcess.run(arguments, in: folder)
        try #require(result.exitCode == 0, "\(arguments): \(result.error)")
      }
      let arguments = [
        "novelty", "run", "--corpus", "corpus", "--samples", "8", "--tokens", "60", "--length", "5",
        "--length", "20",
        "--temperature", "0.2", "--json",
      ]
      let first = try QuillProcess.run(arguments, in: folder)
      #expect(first.exitCode == 0, "\(first.error)")
      let json = try first.json
      #expect(json["tokens"] as? Int == 480 && json["samples"] as? Int == 8)
      let lengths = try lengths(json)
      #expect(lengths.compactMap { $0["length"] as? Int } == [5, 20])
      // Random words: held-out text shares hardly ten tokens in a row with the rest.
      #expect(try share(lengths[1]) > 0.5)
      #expect(try share(lengths[1], "held_out") < 0.2)
      let longest = try #require(json["longest"] as? [String: Any])
      let text = try #require(longest["text"] as? String)
      let trained = lines.joined(separator: "\n")
      #expect(trained.contains(text) && text.utf8.count >= 20)
      let (byte, line) = (try #require(longest["byte"] as? Int), try #require(longest["line"] as? Int))
      #expect(String(decoding: Array(trained.utf8)[byte..<byte + text.utf8.count], as: UTF8.self) == text)
      #expect(line == trained.utf8.prefix(byte).count { $0 == UInt8(ascii: "\n") } + 1)
      #expect(
        trained.contains((longest["before"] as? String ?? "?") + text + (longest["after"] as? String ?? "?")))

      // The index is kept, and the same seed writes the same texts.
      #expect((json["index"] as? [String: Any])?["made"] as? Bool == true)
      let second = try QuillProcess.run(arguments, in: folder)
      #expect((try second.json["index"] as? [String: Any])?["made"] as? Bool == false)
      #expect(second.output.replacing("\"made\":false", with: "\"made\":true") == first.output)
      #expect(try QuillProcess.run(["corpus", "verify", "corpus"], in: folder).exitCode == 0)
    }
  }

  @Test func promptedTextsContinueHeldOutOnes() throws {
    try TinyRun.shared.get().withCopy { run, _ in
      let result = try run.quill(
        "novelty", "run", "--corpus", "tales", "--samples", "6", "--tokens", "20", "--prompted", "--json")
      #expect(result.exitCode == 0, "\(result.error)")
      let json = try result.json
      #expect(json["tokens"] as? Int == 120 && json["prompted"] as? Bool == true)
      #expect((json["held_out"] as? [String: Any])?["tokens"] as? Int == 120)
      #expect(try lengths(json).count == 4)
      let text = try run.quill("novelty", "run", "--corpus", "tales", "--samples", "6", "--tokens", "20")
      #expect(text.output.contains("held-out text") && text.output.contains("in the training text"))
      #expect(text.error.isEmpty)
    }
  }

  @Test func aTextIsLookedUpWithoutAModel() throws {
    try TinyRun.shared.get().withCopy { run, folder in
      let tales = try String(contentsOf: folder.appending(path: "tales.txt"), encoding: .utf8)
      let story = String(tales.prefix(400).suffix(300))
      let result = try run.quill("novelty", "--text", "-", "--corpus", "tales", "--json", input: story)
      #expect(result.exitCode == 0, "\(result.error)")
      let json = try result.json
      #expect(json["bytes"] as? Int == story.utf8.count && json["seed"] is NSNull)
      #expect(try share(lengths(json)[0]) > 0.9)
      let empty = try run.quill("novelty", "--text", "-", "--corpus", "tales", "--json")
      #expect(try empty.exitCode == 0 && empty.json["longest"] is NSNull, "\(empty.error)")
    }
  }

  @Test func damageIsMendedWithAWord() throws {
    try TinyRun.shared.get().withCopy { run, folder in
      let arguments = ["novelty", "--text", "-", "--corpus", "tales", "--json"]
      _ = try run.quill(arguments, input: "Once")
      let file = folder.appending(path: "tales/train.suffixes")
      let sound = try Data(contentsOf: file)
      var damaged = sound
      damaged[200] ^= 1
      try damaged.write(to: file)
      let result = try run.quill(arguments, input: "Once")
      #expect(result.exitCode == 0 && result.error.contains("checksum mismatch in the suffix array"))
      #expect((try result.json["notices"] as? [String])?.count == 1)
      #expect(try Data(contentsOf: file) == sound)
    }
  }

  @Test func anotherTokenizerIsRefusedBeforeAnyWork() throws {
    try TinyRun.shared.get().withCopy { run, folder in
      for arguments in [
        ["tokenizer", "train", "tales.txt", "--vocab-size", "300", "--output", "other.json"],
        ["corpus", "pack", "tales.txt", "--tokenizer", "other.json", "--output", "other"],
      ] { #expect(try run.quill(arguments).exitCode == 0) }
      let result = try run.quill("novelty", "run", "--corpus", "other")
      #expect(result.exitCode == 65 && result.output.isEmpty)
      #expect(
        result.error.contains("the tokenizer is not the one") && result.error.contains("Pack the text again"))
      #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "other/train.suffixes").path))
    }
  }

  @Test func whatIsLookedUpMustBeSaidOnce() throws {
    for (arguments, part) in [
      (["--corpus", "c"], "Missing expected argument"), (["run", "--text", "t", "--corpus", "c"], "excludes"),
      (["--text", "t", "--prompted", "--corpus", "c"], "excludes"), (["run"], "--corpus"),
    ] {
      let result = try QuillProcess.run(["novelty"] + arguments)
      #expect(result.exitCode == 64 && result.error.contains(part), "\(arguments): \(result.error)")
    }
  }

  @Test func aCorpusWithoutValidationHasNothingToCompareWith() throws {
    try TinyRun.shared.get().withCopy { run, _ in
      #expect(
        try run.quill(
          "corpus", "pack", "tales.txt", "--tokenizer", "tales.json", "--output", "all", "--validation", "0"
        )
        .exitCode == 0)
      let result = try run.quill(
        "novelty", "run", "--corpus", "all", "--samples", "2", "--tokens", "10", "--json")
      #expect(result.exitCode == 0, "\(result.error)")
      #expect(try result.json["held_out"] is NSNull)
      #expect((try result.json["notices"] as? [String])?.first?.contains("nothing to compare with") == true)
      let prompted = try run.quill("novelty", "run", "--corpus", "all", "--prompted")
      #expect(prompted.exitCode == 65 && prompted.error.contains("no validation split"))
    }
  }
}

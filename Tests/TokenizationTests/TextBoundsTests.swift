import Foundation
import Storage
import TestSupport
import Testing

@testable import Tokenization

/// What texts begin and end with is what the folder says, and never a name that looks like it.
@Suite(.timeLimit(.minutes(20))) struct TextBoundsTests {
  /// Loads a tokenizer of bytes with these special tokens (from id 256) out of a folder with these files.
  private func bounds(_ special: [String], _ files: [String: String], byFile: Bool = false) throws -> TextBounds
  {
    try withTemporaryFolder { folder in
      let path = folder.appendingPathComponent("tokenizer.json").path
      try TokenizerFile.save(ByteTokenizer(specialTokens: special), to: path)
      for (name, text) in files {
        try text.write(toFile: folder.appendingPathComponent(name).path, atomically: true, encoding: .utf8)
      }
      return try TokenizerFile.load(byFile ? path : folder.path).bounds
    }
  }

  @Test(arguments: ["[EOS]", "<|end_of_text|>", "<eos>", "<|im_end|>", "</s>", "<|endoftext|>"])
  func theIdOfTheConfigurationEndsATextWhateverItIsCalled(_ name: String) throws {
    for file in ["config.json", "generation_config.json"] {
      for byFile in [false, true] {
        let found = try bounds([name], [file: #"{"eos_token_id": 256}"#], byFile: byFile)
        #expect(found == TextBounds(beginning: 256, ends: [256]))
      }
    }
  }

  @Test func aListEndsATextWithEachAndTheTokenizersOwnSeparatesDocuments() throws {
    let names = ["<|endoftext|>", "<|im_end|>"]
    #expect(try bounds(names, ["config.json": #"{"eos_token_id": [257, 256]}"#]).ends == [257, 256])
    let both = [
      "config.json": #"{"eos_token_id": [256, 257]}"#, "tokenizer_config.json": #"{"eos_token": "<|im_end|>"}"#,
    ]
    #expect(try bounds(names, both).ends == [257, 256])
  }

  @Test func theGenerationsIdsComeBeforeTheConfigurations() throws {
    let files = [
      "generation_config.json": #"{"eos_token_id": 257, "bos_token_id": 65}"#,
      "config.json": #"{"eos_token_id": 256, "bos_token_id": 66}"#,
      "tokenizer_config.json": #"{"eos_token": "a", "bos_token": "c"}"#,
    ]
    #expect(try bounds(["a", "b"].map { "<\($0)>" }, files) == TextBounds(beginning: 65, ends: [257]))
    // Null is no answer.
    let null = files.merging(["generation_config.json": #"{"eos_token_id": null}"#]) { $1 }
    #expect(try bounds(["<a>", "<b>"], null) == TextBounds(beginning: 66, ends: [256]))
  }

  @Test(arguments: [
    ("tokenizer_config.json", #"{"eos_token": "<b>"}"#),
    ("tokenizer_config.json", #"{"eos_token": {"content": "<b>", "special": true}}"#),
    ("special_tokens_map.json", #"{"eos_token": "<b>"}"#),
    ("special_tokens_map.json", #"{"eos_token": {"content": "<b>"}, "bos_token": null}"#),
  ])
  func whereNoIdIsNamedTheTokenizersTextIs(_ name: String, _ text: String) throws {
    for configuration in [nil, "{}", #"{"eos_token_id": null}"#, #"{"eos_token_id": []}"#] {
      let files = [name: text, "config.json": configuration].compactMapValues { $0 }
      #expect(try bounds(["<a>", "<b>"], files) == TextBounds(ends: [257]))
    }
  }

  @Test func aFolderThatNamesNothingEndsNoText() throws {
    for files in [
      ["config.json": #"{"eos_token_id": null, "bos_token_id": null}"#],
      ["tokenizer_config.json": #"{"eos_token": null}"#], ["config.json": "{}"],
    ] {
      #expect(try bounds(["<|endoftext|>"], files) == TextBounds())
    }
  }

  @Test func besideATokenizerAloneQuillsOwnNameCounts() throws {
    #expect(try bounds(["<|endoftext|>"], [:]) == TextBounds(ends: [256]))
    #expect(try bounds(["</s>"], [:]) == TextBounds())
  }

  @Test func whatCannotBeIsLeftOutAndTold() throws {
    let outside = try bounds(
      ["<|endoftext|>"], ["config.json": #"{"eos_token_id": [50256, 256], "bos_token_id": 50256}"#])
    #expect(outside.ends == [256] && outside.beginning == 256)
    #expect(
      outside.notices == [
        "config.json: eos_token_id 50256 is outside the tokenizer's 257 ids and is left out",
        "config.json: bos_token_id 50256 is outside the tokenizer's 257 ids and is left out",
      ])
    #expect(try bounds(["<a>"], ["config.json": #"{"eos_token_id": -1}"#]).notices.count == 1)
    let both = ["config.json": #"{"eos_token_id": 300}"#, "generation_config.json": #"{"eos_token_id": 300}"#]
    #expect(try bounds(["<a>"], both).notices.count == 1)
    let unknown = try bounds(["<a>"], ["tokenizer_config.json": #"{"eos_token": "<no>"}"#])
    #expect(unknown.ends.isEmpty)
    #expect(
      unknown.notices == [
        "tokenizer_config.json: eos_token '<no>' is no token of the tokenizer and is left out"
      ])
  }

  @Test func anOrdinaryTokenMayEndATextToo() throws {
    #expect(try bounds([], ["tokenizer_config.json": #"{"eos_token": "\n"}"#]).ends == [10])
  }

  @Test(arguments: [#"{"eos_token_id": "256"}"#, #"{"eos_token_id": 1.5}"#, #"{"eos_token_id": [true]}"#, "[]"])
  func whatIsNoIdIsRefused(_ text: String) throws {
    let error = #expect(throws: QuillError.self) { try bounds(["<a>"], ["config.json": text]) }
    #expect(error?.kind == .badData)
  }
}

import Foundation
import Storage
import TestSupport
import Testing

@testable import Tokenization

@Suite(.timeLimit(.minutes(20))) struct TokenizerFileTests {
  private static let tokenizers: [any Tokenizer] = [
    train("the cat sat on the mat, 2024 🙂🙂", split: .gpt2, size: 270),
    train(
      "the cat sat on the mat, 2024 🙂🙂", split: .gpt4, size: 270, specialTokens: ["<|endoftext|>", "<|user|>"]),
    train("the cat", split: .gpt4, size: 260, specialTokens: []),
    CharacterTokenizer(characters: "\n the cåt漢🙂\"\\\u{212B}\u{C5}\u{7F}\u{301}".unicodeScalars),
    CharacterTokenizer(characters: [], specialTokens: []),
    ByteTokenizer(), ByteTokenizer(specialTokens: ["<|a|>", "<|b|>"]),
  ]

  @Test(arguments: tokenizers.indices) func aSavedTokenizerIsTheSame(index: Int) throws {
    let tokenizer = Self.tokenizers[index]
    try withTemporaryFolder { folder in
      let path = folder.appendingPathComponent("deep/tokenizer.json").path
      try TokenizerFile.save(tokenizer, to: path)
      for place in [path, folder.appendingPathComponent("deep").path] {
        let loaded = try TokenizerFile.load(place)
        #expect(loaded.canonicalForm() == tokenizer.canonicalForm())
        #expect(loaded.contentHash == tokenizer.contentHash)
        #expect(loaded.specialTokens == tokenizer.specialTokens && loaded.kind == tokenizer.kind)
        #expect(TokenizerFile.json(of: loaded) == TokenizerFile.json(of: tokenizer))
        var generator = SeededGenerator(seed: 3)
        let text = randomText(byteCount: 500, using: &generator)
        #expect(loaded.encode(text) == tokenizer.encode(text))
      }
    }
  }

  @Test func differentTokenizersHaveDifferentHashes() {
    #expect(Set(Self.tokenizers.map(\.contentHash)).count == Self.tokenizers.count)
  }

  @Test func theHashOfABytesTokenizerStaysWhatItIs() {
    // Corpora on disk carry it: python3 -c "import hashlib,struct; …" over the bytes of docs/formats/tokenizer.md.
    #expect(
      ByteTokenizer().contentHash.hexadecimal
        == "d53a26f90ae60f2353a36f33dd9f4a91c25fe6fec7f394e8827dbf31607e7cea")
  }

  @Test func mergesOfOlderFilesAreRead() throws {
    let tokenizer = train("the cat", split: .gpt4, size: 260, specialTokens: [])
    var text = String(decoding: TokenizerFile.json(of: tokenizer), as: UTF8.self)
    let merges = tokenizer.merges.map { merge in
      "\""
        + [merge.left, merge.right].map { ByteAlphabet.spell(tokenizer.bytes(of: $0)) }.joined(separator: " ")
        + "\""
    }
    let start = try #require(text.range(of: "\"merges\": ["))
    text = text[..<start.upperBound] + merges.joined(separator: ",") + "]}}"
    let loaded = try TokenizerFile.parse(Array(text.utf8), place: "old.json")
    #expect(loaded.canonicalForm() == tokenizer.canonicalForm())
  }

  @Test func theConfigurationNamesTheClassAndTheTokens() throws {
    let text = TokenizerFile.configurationJSON(of: Self.tokenizers[1], maximumLength: 256)
    let node = JSONNode(
      try JSONValue.parse(text, place: "tokenizer_config.json"), place: "tokenizer_config.json")
    #expect(try node.value("tokenizer_class", as: String.self) == "PreTrainedTokenizerFast")
    #expect(try node.value("eos_token", as: String.self) == "<|endoftext|>")
    #expect(try node.value("model_max_length", as: Int.self) == 256)
    #expect(try node.value("additional_special_tokens", as: [String].self) == ["<|user|>"])
  }
}

import Storage
import TestSupport
import Testing

@testable import Tokenization

/// One way to spoil a good `tokenizer.json`, and what the error must say.
struct Spoiled: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let base: Base
  /// The key path to what is replaced, `model.vocab.a` say; nil removes it.
  let key: [String]
  let value: JSONValue?
  let place: String
  let problem: String

  enum Base { case bytePair, gpt2, characters, bytes }

  init(
    _ name: String, in base: Base = .bytePair, _ key: String, _ value: JSONValue?, at place: String,
    _ problem: String
  ) {
    testDescription = name
    self.base = base
    self.key = key.split(separator: "/").map(String.init)
    self.value = value
    self.place = place
    self.problem = problem
  }
}

@Suite(.timeLimit(.minutes(20))) struct TokenizerRejectionTests {
  /// Merges `th`, `the` as ids 256 and 257; the special token is 258.
  private static func document(_ base: Spoiled.Base) throws -> JSONValue {
    let tokenizer: any Tokenizer =
      switch base {
      case .bytePair: train("the the the", size: 259)
      case .gpt2: train("the the the", split: .gpt2, size: 259)
      case .characters: CharacterTokenizer(characters: "abc".unicodeScalars)
      case .bytes: ByteTokenizer()
      }
    return try JSONValue.parse(TokenizerFile.json(of: tokenizer), place: "good.json")
  }

  private static func replace(_ document: JSONValue, _ key: ArraySlice<String>, _ value: JSONValue?)
    -> JSONValue
  {
    guard let first = key.first else { return value ?? .null }
    switch document {
    case .object(var object):
      object[first] =
        key.count == 1 ? value : object[first].map { replace($0, key.dropFirst(), value) }
      return .object(object)
    case .array(var array):
      array[Int(first)!] = replace(array[Int(first)!], key.dropFirst(), value)
      return .array(array)
    default: return document
    }
  }

  static let cases: [Spoiled] = [
    Spoiled("missing model", "model", nil, at: "", "the key 'model' is missing"),
    Spoiled("missing vocabulary", "model/vocab", nil, at: "model", "the key 'vocab' is missing"),
    Spoiled("missing merges", "model/merges", nil, at: "model", "the key 'merges' is missing"),
    Spoiled("unknown version", "version", "2.0", at: "", "version is '2.0'"),
    Spoiled("unknown model", "model/type", "Unigram", at: "model", "type is 'Unigram'; expected 'BPE'"),
    Spoiled("normalizer", "normalizer", ["type": "NFC"], at: "", "there is a normalizer"),
    Spoiled(
      "post-processor", "post_processor", ["type": "TemplateProcessing"], at: "post_processor", "adds tokens"),
    Spoiled("dropout", "model/dropout", 0.1, at: "model", "dropout is 0.1"),
    Spoiled(
      "prefix", "model/continuing_subword_prefix", "##", at: "model", "continuing_subword_prefix is '##'"),
    Spoiled("suffix", "model/end_of_word_suffix", "</w>", at: "model", "end_of_word_suffix is '</w>'"),
    Spoiled("ignored merges", "model/ignore_merges", true, at: "model", "ignore_merges is true"),
    Spoiled("byte fallback beside a split", "model/byte_fallback", true, at: "model", "byte_fallback is true"),
    Spoiled(
      "unknown pre-tokenizer", "pre_tokenizer", ["type": "Whitespace"], at: "pre_tokenizer",
      "type is 'Whitespace'"),
    Spoiled("no pre-tokenizer", "pre_tokenizer", .null, at: "", "there is no pre_tokenizer"),
    Spoiled(
      "unknown steps", "pre_tokenizer/pretokenizers", [], at: "pre_tokenizer", "unknown steps"),
    Spoiled(
      "unknown pattern", "pre_tokenizer/pretokenizers/0/pattern/Regex", ".",
      at: "pre_tokenizer.pretokenizers[0]",
      "neither GPT-2's nor GPT-4's"),
    Spoiled(
      "unknown behavior", "pre_tokenizer/pretokenizers/0/behavior", "Removed",
      at: "pre_tokenizer.pretokenizers[0]",
      "expected behavior 'Isolated'"),
    Spoiled(
      "prefix space", in: .gpt2, "pre_tokenizer/add_prefix_space", true, at: "pre_tokenizer",
      "add_prefix_space is true"),
    Spoiled("id outside", "model/vocab/a", 1000, at: "model.vocab.a", "id 1000 is outside 0 ..< 260"),
    Spoiled("negative id", "model/vocab/a", -1, at: "model.vocab.a", "id -1 is outside"),
    Spoiled("id of another type", "model/vocab/a", 1.5, at: "model.vocab.a", "expected an integer"),
    Spoiled("id taken twice", "model/vocab/a", 257, at: "model.vocab.", "id 257 belongs to"),
    Spoiled("gap in the ids", "model/vocab/the", nil, at: "model", "no token has id 257"),
    Spoiled("byte without a token", "model/vocab/a", 259, at: "model", "no token has id 64"),
    Spoiled("token outside the alphabet", "model/vocab/漢", 259, at: "model", "'漢' (id 259) is not written"),
    Spoiled("merge of unknown token", "model/merges/0", ["q", "zz"], at: "model.merges[0]", "names 'zz'"),
    Spoiled("merge builds unknown token", "model/merges/0", ["q", "z"], at: "model.merges[0]", "builds 'qz'"),
    Spoiled("merge twice", "model/merges/1", ["h", "e"], at: "model.merges[1]", "the pair occurs twice"),
    Spoiled("merge of three", "model/merges/0", ["t", "h", "e"], at: "model.merges[0]", "a merge of 3 tokens"),
    Spoiled("old merge of three", "model/merges/0", "t h e", at: "model.merges[0]", "a merge of 3 tokens"),
    Spoiled(
      "merge of a special token", "model/merges/0", ["<|endoftext|>", "h"], at: "model.merges[0]", "names"),
    Spoiled(
      "added token not special", "added_tokens/0/special", false, at: "added_tokens[0]", "is not special"),
    Spoiled("added token empty", "added_tokens/0/content", "", at: "added_tokens[0]", "is empty"),
    Spoiled(
      "added token disagrees", "added_tokens/0/content", "<|x|>", at: "added_tokens[0]",
      "id 258 is '<|x|>' here"),
    Spoiled("added token moved", "added_tokens/0/id", 259, at: "added_tokens[0]", "has id 259 here and 258"),
    Spoiled(
      "added token twice", "added_tokens",
      [
        ["id": 258, "content": "<|endoftext|>", "special": true],
        ["id": 258, "content": "<|endoftext|>", "special": true],
      ], at: "added_tokens[1]", "occurs twice"),
    Spoiled(
      "bytes with merges", in: .bytes, "model/merges", [["a", "b"]], at: "model.merges[0]", "no merges; found 1"
    ),
    Spoiled(
      "bytes with a fallback", in: .bytes, "model/byte_fallback", true, at: "model", "byte_fallback is true"),
    Spoiled("bytes and a word", in: .bytes, "model/vocab/ab", 257, at: "model", "is neither a byte"),
    Spoiled(
      "characters with merges", in: .characters, "model/merges", [["a", "b"]], at: "model.merges[0]",
      "no merges"),
  ]

  @Test(arguments: cases) func spoiledFilesAreRejected(spoiled: Spoiled) throws {
    let text = Self.replace(try Self.document(spoiled.base), spoiled.key[...], spoiled.value).compactText
    do throws(QuillError) {
      _ = try TokenizerFile.parse(Array(text.utf8), place: "bad.json")
      Issue.record("it was read")
    } catch {
      #expect(error.kind == .badData)
      #expect(
        error.place.hasPrefix(spoiled.place.isEmpty ? "bad.json" : "bad.json, key \(spoiled.place)"), "\(error)"
      )
      #expect(error.problem.contains(spoiled.problem), "\(error)")
    }
  }

  @Test func aByteMissingFromTheVocabularyIsRejected() throws {
    var text = try Self.document(.bytePair).compactText
    text = text.replacing("\"a\":64,", with: "\"aa\":64,")
    #expect { try TokenizerFile.parse(Array(text.utf8), place: "bad.json") } throws: {
      "\($0)".contains("byte 97 ('a') has no token")
    }
  }

  @Test(arguments: [
    ("\"b\":1,", "\"B\":1,", "is not above"), ("\"b\":1,", "\"bb\":1,", "is not one character"),
    ("<0x41>", "<0x4I>", "expected '<0x41>'"),
  ])
  func charactersOutOfPlaceAreRejected(from: String, to: String, problem: String) throws {
    let text = try Self.document(.characters).compactText.replacing(from, with: to)
    #expect { try TokenizerFile.parse(Array(text.utf8), place: "bad.json") } throws: {
      "\($0)".contains(problem)
    }
  }

  @Test func bytesOutOfOrderAreRejected() throws {
    let text = try Self.document(.bytes).compactText.replacing("\"a\":97", with: "\"漢\":97")
    #expect { try TokenizerFile.parse(Array(text.utf8), place: "bad.json") } throws: {
      "\($0)".contains("id 97 of a tokenizer of bytes is not 'a', byte 97")
    }
  }

  @Test func charactersWithoutByteTokensAreRejected() {
    let text = #"{"model": {"type": "BPE", "byte_fallback": true, "vocab": {"a": 0}, "merges": []}}"#
    #expect { try TokenizerFile.parse(Array(text.utf8), place: "bad.json") } throws: {
      "\($0)".contains("256 byte tokens among them")
    }
  }

  @Test func aTokenThatOccursTwiceIsRejected() throws {
    let text = try Self.document(.bytePair).compactText.replacing("\"a\":64,", with: "\"a\":64,\"a\":259,")
    #expect { try TokenizerFile.parse(Array(text.utf8), place: "bad.json") } throws: {
      "\($0)".contains("occurs twice")
    }
  }

  /// With each compared with all before it, these took 40 s in a debug build, and a million would have taken hours.
  @Test func manySpecialTokensCostNoMoreThanTheirText() throws {
    let texts = (0..<40_000).map { "<|\($0)|>" }
    let file = TokenizerFile.json(of: ByteTokenizer(SpecialTokens(texts, firstID: 256)))
    let start = MutationCampaign.threadSeconds
    let tokenizer = try TokenizerFile.parse(file, place: "many.json")
    #expect(MutationCampaign.threadSeconds - start < 10)
    #expect(tokenizer.specialTokens.count == texts.count)
  }

  @Test func textThatIsNoJSONIsRejected() {
    #expect { try TokenizerFile.parse(Array("{".utf8), place: "bad.json") } throws: {
      ($0 as? QuillError)?.kind == .badData
    }
  }

  @Test func aMissingFileIsRejected() {
    #expect { try TokenizerFile.load("/nonexistent.json") } throws: {
      ($0 as? QuillError)?.kind == .missingInput
    }
  }
}

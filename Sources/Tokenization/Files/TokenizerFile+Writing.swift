import Storage

extension TokenizerFile {
  /// The bytes of `tokenizer.json`.
  package static func json(of tokenizer: any Tokenizer) -> [UInt8] {
    let special = tokenizer.specialTokens.entries
    var vocabulary = TokenSpelling.ordinary(of: tokenizer)
    vocabulary += special.map { (id: $0.id, spelling: $0.text) }
    vocabulary.sort { $0.id < $1.id }
    let (preTokenizer, decoder) = parts(of: tokenizer)
    let document: JSONValue = [
      "version": "1.0",
      "truncation": nil,
      "padding": nil,
      "added_tokens": .array(
        special.map { entry in
          [
            "id": JSONValue(entry.id), "content": .string(entry.text), "single_word": false, "lstrip": false,
            "rstrip": false, "normalized": false, "special": true,
          ]
        }),
      "normalizer": nil,
      "pre_tokenizer": preTokenizer,
      "post_processor": nil,
      "decoder": decoder,
      "model": [
        "type": "BPE", "dropout": nil, "unk_token": nil, "continuing_subword_prefix": nil,
        "end_of_word_suffix": nil, "fuse_unk": false, "byte_fallback": .bool(tokenizer is CharacterTokenizer),
        "ignore_merges": false,
        "vocab": .object(JSONObject(vocabulary.map { (key: $0.spelling, value: JSONValue($0.id)) })),
        "merges": .array(merges(of: tokenizer)),
      ],
    ]
    return Array(document.prettyText.utf8)
  }

  private static func merges(of tokenizer: any Tokenizer) -> [JSONValue] {
    guard let tokenizer = tokenizer as? BytePairTokenizer else { return [] }
    let spellings = tokenizer.vocabulary.map { JSONValue.string(ByteAlphabet.spell($0)) }
    return tokenizer.merges.map { [spellings[Int($0.left)], spellings[Int($0.right)]] }
  }

  private static func parts(of tokenizer: any Tokenizer) -> (preTokenizer: JSONValue, decoder: JSONValue) {
    if tokenizer is CharacterTokenizer {
      return (nil, ["type": "Sequence", "decoders": [["type": "ByteFallback"], ["type": "Fuse"]]])
    }
    func byteLevel(usesPattern: Bool) -> JSONValue {
      [
        "type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": .bool(usesPattern),
      ]
    }
    switch (tokenizer as? BytePairTokenizer)?.split {
    case nil: return (byteLevel(usesPattern: false), byteLevel(usesPattern: false))
    case .gpt2: return (byteLevel(usesPattern: true), byteLevel(usesPattern: true))
    case .gpt4:
      let split: JSONValue = [
        "type": "Split", "pattern": ["Regex": .string(SplitPattern.gpt4.regularExpression)],
        "behavior": "Isolated", "invert": false,
      ]
      return (
        ["type": "Sequence", "pretokenizers": [split, byteLevel(usesPattern: false)]],
        byteLevel(usesPattern: false)
      )
    }
  }

  /// The bytes of `tokenizer_config.json`, which belongs beside `tokenizer.json` in a model folder.
  ///
  /// Without it `transformers` takes the tokenizer class from the model's type and replaces the split pattern by its own.
  ///
  /// - Parameter maximumLength: the model's context, in tokens.
  package static func configurationJSON(of tokenizer: any Tokenizer, maximumLength: Int) -> [UInt8] {
    var configuration: JSONObject = JSONObject([
      ("tokenizer_class", "PreTrainedTokenizerFast"),
      ("model_max_length", JSONValue(maximumLength)),
      ("clean_up_tokenization_spaces", false),
    ])
    if let end = tokenizer.endOfText, let text = tokenizer.specialText(of: end) {
      configuration["bos_token"] = .string(text)
      configuration["eos_token"] = .string(text)
    }
    let others = tokenizer.specialTokens.entries.filter { $0.id != tokenizer.endOfText }.map(\.text)
    if !others.isEmpty { configuration["additional_special_tokens"] = JSONValue(others) }
    return Array(JSONValue.object(configuration).prettyText.utf8)
  }
}

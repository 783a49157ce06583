import Storage

/// Reads a `tokenizer.json` by the letter: what would change an id and is not understood is an error.
///
/// Truncation, padding and the decoder are not looked at: they change no id of a text.
struct TokenizerReader {
  private let root: JSONNode
  private let model: JSONNode

  init(_ root: JSONNode) throws(QuillError) {
    self.root = root
    model = try root.value("model")
  }

  func read() throws(QuillError) -> any Tokenizer {
    try checkFrame()
    let cut = try PreTokenizer(root.valueIfPresent("pre_tokenizer"))
    let tokens = try VocabularyReader(root: root, model: model).read()
    let merges: [JSONNode] = try model.value("merges")
    let fallsBack = try model.valueIfPresent("byte_fallback", as: Bool.self) ?? false
    switch cut {
    case .split(let split):
      if fallsBack { throw model.error("byte_fallback is true beside a byte-level split; expected false") }
      return try readBytePair(split, tokens, merges)
    case .byteLevel:
      if fallsBack { throw model.error("byte_fallback is true beside a byte-level alphabet; expected false") }
      try requireNoMerges(merges, of: "a tokenizer of bytes")
      return try readBytes(tokens)
    case .none:
      guard fallsBack else {
        throw root.error(
          "there is no pre_tokenizer, and byte_fallback is false",
          remedy: "Quill reads byte-level BPE with the GPT-2 or GPT-4 split, and its own characters and bytes.")
      }
      try requireNoMerges(merges, of: "a tokenizer of characters")
      return try readCharacters(tokens)
    }
  }

  /// Checks the settings beside the vocabulary that could change ids.
  private func checkFrame() throws(QuillError) {
    if let version: String = try root.valueIfPresent("version"), version != "1.0" {
      throw root.error("version is '\(version)'; expected '1.0'")
    }
    if try root.valueIfPresent("normalizer", as: JSONNode.self) != nil {
      throw root.error(
        "there is a normalizer; expected null",
        remedy: "A normalizer changes text before it is encoded, so decoding could not give it back.")
    }
    if let post: JSONNode = try root.valueIfPresent("post_processor") {
      let type: String = try post.value("type")
      guard type == "ByteLevel" else {
        throw post.error("the post-processor '\(type)' adds tokens; expected null or 'ByteLevel'")
      }
    }
    // `tokenizers` itself leaves the type out of old files.
    if let type: String = try model.valueIfPresent("type"), type != "BPE" {
      throw model.error("type is '\(type)'; expected 'BPE'", remedy: "Quill reads BPE models only.")
    }
    if let dropout: Double = try model.valueIfPresent("dropout"), dropout != 0 {
      throw model.error("dropout is \(dropout); expected null")
    }
    for key in ["continuing_subword_prefix", "end_of_word_suffix"] {
      if let text: String = try model.valueIfPresent(key), !text.isEmpty {
        throw model.error("\(key) is '\(text)'; expected null")
      }
    }
    if try model.valueIfPresent("ignore_merges", as: Bool.self) ?? false {
      throw model.error("ignore_merges is true; expected false")
    }
  }

  private func requireNoMerges(_ merges: [JSONNode], of what: String) throws(QuillError) {
    if let first = merges.first { throw first.error("\(what) has no merges; found \(merges.count)") }
  }

  private func readBytes(_ tokens: VocabularyReader.Tokens) throws(QuillError) -> ByteTokenizer {
    for id in 0..<256 {
      let expected = ByteAlphabet.spell([UInt8(id)])
      guard id < tokens.count, tokens.spellings[id] == expected, !tokens.isSpecial(id) else {
        throw model.error("id \(id) of a tokenizer of bytes is not '\(expected)', byte \(id)")
      }
    }
    try requireSpecial(tokens, from: 256)
    return ByteTokenizer(tokens.special)
  }

  private func readCharacters(_ tokens: VocabularyReader.Tokens) throws(QuillError) -> CharacterTokenizer {
    let characterCount = tokens.count - tokens.special.count - 256
    guard characterCount >= 0 else {
      throw model.error("\(tokens.count) tokens; a tokenizer of characters has 256 byte tokens among them")
    }
    var characters: [Unicode.Scalar] = []
    for id in 0..<characterCount {
      let scalars = tokens.spellings[id].unicodeScalars
      guard scalars.count == 1, let scalar = scalars.first, !tokens.isSpecial(id) else {
        throw model.error("id \(id), '\(tokens.spellings[id])', is not one character")
      }
      if let last = characters.last, last >= scalar {
        throw model.error("id \(id), '\(scalar)', is not above '\(last)' before it: characters ascend")
      }
      characters.append(scalar)
    }
    for byte in 0..<256 {
      let id = characterCount + byte
      let expected = TokenSpelling.byte(UInt8(byte))
      guard tokens.spellings[id] == expected, !tokens.isSpecial(id) else {
        throw model.error("id \(id) is '\(tokens.spellings[id])'; expected '\(expected)' after the characters")
      }
    }
    try requireSpecial(tokens, from: characterCount + 256)
    return CharacterTokenizer(characters: characters, tokens.special)
  }

  private func requireSpecial(_ tokens: VocabularyReader.Tokens, from first: Int) throws(QuillError) {
    for id in first..<max(tokens.count, first) where !tokens.isSpecial(id) {
      throw model.error("id \(id), '\(tokens.spellings[id])', is neither a byte, a character nor special")
    }
  }
}

extension TokenizerReader {
  private func readBytePair(
    _ split: SplitPattern, _ tokens: VocabularyReader.Tokens, _ nodes: [JSONNode]
  ) throws(QuillError) -> BytePairTokenizer {
    var vocabulary: [[UInt8]] = []
    var ids: [[UInt8]: TokenID] = [:]
    for (id, spelling) in tokens.spellings.enumerated() {
      guard !tokens.isSpecial(id) else {
        vocabulary.append([])
        continue
      }
      guard let bytes = ByteAlphabet.read(spelling), !bytes.isEmpty else {
        throw model.error(
          "the token '\(spelling)' (id \(id)) is not written in the byte alphabet",
          remedy: "Name it among the added_tokens if it is special.")
      }
      vocabulary.append(bytes)
      ids[bytes] = TokenID(id)
    }
    for byte in UInt8.min...UInt8.max where ids[[byte]] == nil {
      throw model.error(
        "byte \(byte) ('\(ByteAlphabet.spell([byte]))') has no token",
        remedy: "Train with all 256 bytes in the vocabulary, so that any text can be encoded.")
    }
    var merges: [Merge] = []
    var pairs: Set<UInt64> = []
    for node in nodes {
      let merge = try readMerge(node, vocabulary, ids)
      guard pairs.insert(PairTable.key(merge.left, merge.right)).inserted else {
        throw node.error("the pair occurs twice")
      }
      merges.append(merge)
    }
    return BytePairTokenizer(
      split: split, vocabulary: vocabulary, merges: merges, specialTokens: tokens.special)
  }

  /// Reads `["a", "b"]`, or `"a b"` as older files have it.
  private func readMerge(
    _ node: JSONNode, _ vocabulary: [[UInt8]], _ ids: [[UInt8]: TokenID]
  ) throws(QuillError) -> Merge {
    let parts: [String]
    if case .string(let text) = node.value {
      parts = text.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
    } else {
      parts = try [String](json: node)
    }
    guard parts.count == 2 else { throw node.error("a merge of \(parts.count) tokens; expected two") }
    var found: [TokenID] = []
    for part in parts {
      guard let bytes = ByteAlphabet.read(part), let id = ids[bytes] else {
        throw node.error("the merge names '\(part)', which is not in the vocabulary")
      }
      found.append(id)
    }
    guard let merged = ids[vocabulary[Int(found[0])] + vocabulary[Int(found[1])]] else {
      throw node.error("the merge builds '\(parts[0])\(parts[1])', which is not in the vocabulary")
    }
    return Merge(left: found[0], right: found[1], merged: merged)
  }
}

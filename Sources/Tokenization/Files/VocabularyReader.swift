import Storage

/// Reads the vocabulary and the special tokens of a `tokenizer.json`: every id from 0 on, each once.
struct VocabularyReader {
  /// Every token in order of id.
  struct Tokens {
    let spellings: [String]
    let special: SpecialTokens
    private let specialIDs: Set<TokenID>

    init(spellings: [String], special: SpecialTokens) {
      self.spellings = spellings
      self.special = special
      specialIDs = Set(special.entries.map(\.id))
    }

    var count: Int { spellings.count }

    func isSpecial(_ id: Int) -> Bool { specialIDs.contains(TokenID(id)) }
  }

  let root: JSONNode
  let model: JSONNode

  func read() throws(QuillError) -> Tokens {
    let vocabulary = try model.value("vocab", as: JSONNode.self).members()
    let added = try root.valueIfPresent("added_tokens", as: [JSONNode].self) ?? []
    // `tokenizers` numbers an added token that the vocabulary lacks after all others, so ids have no gaps.
    let limit = vocabulary.count + added.count
    guard limit < 1 << 30 else { throw model.error("\(limit) tokens; the limit is 1,073,741,823") }
    var spellings = [String?](repeating: nil, count: limit)
    var ids: [[UInt8]: Int] = [:]
    for (key, node) in vocabulary {
      let id = try Int(json: node)
      try check(id, below: limit, node)
      if let other = spellings[id] { throw node.error("id \(id) belongs to '\(other)' and to '\(key)'") }
      spellings[id] = key
      ids[Array(key.utf8)] = id
    }
    var special: [(text: String, id: TokenID)] = []
    var (specialTexts, specialIDs): (Set<String>, Set<Int>) = ([], [])
    for node in added {
      let (text, id) = try readAdded(node)
      try check(id, below: limit, node)
      if let known = spellings[id], !isSame(known, text) {
        throw node.error("id \(id) is '\(text)' here and '\(known)' in the vocabulary")
      }
      if let known = ids[Array(text.utf8)], known != id {
        throw node.error("'\(text)' has id \(id) here and \(known) in the vocabulary")
      }
      guard specialTexts.insert(text).inserted, specialIDs.insert(id).inserted else {
        throw node.error("the special token '\(text)' or its id \(id) occurs twice")
      }
      spellings[id] = text
      special.append((text, TokenID(id)))
    }
    let count = (spellings.lastIndex { $0 != nil } ?? -1) + 1
    var complete: [String] = []
    for (id, spelling) in spellings[..<count].enumerated() {
      guard let spelling else {
        throw model.error(
          "no token has id \(id), though \(count - 1) is taken", remedy: "Number the tokens without gaps.")
      }
      complete.append(spelling)
    }
    return Tokens(spellings: complete, special: SpecialTokens(special))
  }

  private func check(_ id: Int, below limit: Int, _ node: JSONNode) throws(QuillError) {
    guard id >= 0 && id < limit else {
      throw node.error("id \(id) is outside 0 ..< \(limit)", remedy: "Number the tokens without gaps.")
    }
  }

  private func readAdded(_ node: JSONNode) throws(QuillError) -> (text: String, id: Int) {
    let text: String = try node.value("content")
    if text.isEmpty { throw node.error("an added token is empty") }
    guard try node.value("special", as: Bool.self) else {
      throw node.error(
        "the added token '\(text)' is not special", remedy: "Quill reads special added tokens only.")
    }
    return (text, try node.value("id"))
  }

  /// Byte for byte: `==` calls strings equal that only look the same.
  private func isSame(_ a: String, _ b: String) -> Bool { a.utf8.elementsEqual(b.utf8) }
}

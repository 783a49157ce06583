import Storage

/// Finds out what the folder of a model says about the tokens that its texts begin and end with: the one place for it.
///
/// What is asked, in this order, and the first answer counts:
///
/// 1. `generation_config.json`, then `config.json`: `eos_token_id` (a number or a list), `bos_token_id`;
/// 2. `tokenizer_config.json`, then `special_tokens_map.json`: `eos_token`, `bos_token` (a text, or an object with `content`).
///
/// Null is no answer. An id or a text that the tokenizer does not have is no answer either, and is told: `transformers` writes
/// 50256 into every GPT-2 folder whose maker did not think of it. Where none of the files is there, as beside a tokenizer that
/// Quill trained, `<|endoftext|>` is what Quill itself puts between documents (`docs/formats/tokenizer.md`).
struct TextBoundsReader {
  private let tokenizer: any Tokenizer
  private var notices: [String] = []
  /// What was told, without the file: two files that say the same are one notice.
  private var told: Set<String> = []

  private static let modelFiles = ["generation_config.json", "config.json"]
  private static let tokenizerFiles = [TokenizerFile.configurationName, "special_tokens_map.json"]

  private init(_ tokenizer: any Tokenizer) { self.tokenizer = tokenizer }

  /// The bounds that the folder names; nil where it has none of the files.
  ///
  /// - Throws: `.badData` where one of them is malformed.
  static func read(_ folder: String, _ tokenizer: any Tokenizer) throws(QuillError) -> TextBounds? {
    var reader = TextBoundsReader(tokenizer)
    let model = try nodes(modelFiles, folder)
    let words = try nodes(tokenizerFiles, folder)
    if model.isEmpty && words.isEmpty { return nil }
    var named: TokenID?
    for node in words where named == nil { named = try reader.token("eos_token", of: node) }
    var ends: [TokenID] = []
    for node in model where ends.isEmpty { ends = try reader.ids("eos_token_id", of: node) }
    // Of several, the one that the tokenizer calls its own separates documents.
    if let named, ends.isEmpty || ends.contains(named) { ends = [named] + ends.filter { $0 != named } }
    var beginning: TokenID?
    for node in model where beginning == nil { beginning = try reader.ids("bos_token_id", of: node).first }
    for node in words where beginning == nil { beginning = try reader.token("bos_token", of: node) }
    return TextBounds(beginning: beginning, ends: ends, notices: reader.notices)
  }

  private static func nodes(_ names: [String], _ folder: String) throws(QuillError) -> [JSONNode] {
    var nodes: [JSONNode] = []
    for name in names {
      let file = FilePath.join(folder, name)
      if FilePath.exists(file) { nodes.append(try JSONNode(file: file)) }
    }
    return nodes
  }

  /// The ids of a key that holds one or a list, those left out that the tokenizer does not have.
  private mutating func ids(_ key: String, of node: JSONNode) throws(QuillError) -> [TokenID] {
    guard let found = try node.valueIfPresent(key, as: JSONNode.self) else { return [] }
    var isList = false
    if case .array = found.value { isList = true }
    var ids: [TokenID] = []
    for element in isList ? try found.elements() : [found] {
      let id = try Int(json: element)
      if id < 0 || id >= tokenizer.vocabularySize {
        tell("\(key) \(id) is outside the tokenizer's \(tokenizer.vocabularySize) ids", node)
      } else if !ids.contains(TokenID(id)) {
        ids.append(TokenID(id))
      }
    }
    return ids
  }

  /// The id of a text that is one token.
  private mutating func token(_ key: String, of node: JSONNode) throws(QuillError) -> TokenID? {
    guard let found = try node.valueIfPresent(key, as: JSONNode.self) else { return nil }
    var text: String
    if case .object = found.value { text = try found.value("content") } else { text = try String(json: found) }
    if let id = tokenizer.specialTokens.id(of: text) { return id }
    let ids = tokenizer.encode(text)
    if ids.count == 1 { return ids[0] }
    tell("\(key) '\(text)' is no token of the tokenizer", node)
    return nil
  }

  private mutating func tell(_ what: String, _ node: JSONNode) {
    if told.insert(what).inserted {
      notices.append("\(FilePath.name(of: node.place)): \(what) and is left out")
    }
  }
}

import Storage

/// What a `tokenizer.json` says about cutting text.
enum PreTokenizer {
  /// Byte-level with a split pattern.
  case split(SplitPattern)
  /// Byte-level, the whole text in one piece.
  case byteLevel
  /// No pre-tokenizer: characters.
  case none

  init(_ node: JSONNode?) throws(QuillError) {
    guard let node else {
      self = .none
      return
    }
    let type: String = try node.value("type")
    switch type {
    case "ByteLevel": self = try PreTokenizer.usesPattern(node) ? .split(.gpt2) : .byteLevel
    case "Sequence":
      let steps: [JSONNode] = try node.value("pretokenizers")
      guard steps.count == 2, try steps[0].value("type", as: String.self) == "Split",
        try steps[1].value("type", as: String.self) == "ByteLevel", try !PreTokenizer.usesPattern(steps[1])
      else { throw node.error("unknown steps; expected a Split and then a ByteLevel that has use_regex false") }
      self = .split(try PreTokenizer.split(steps[0]))
    default: throw node.error("type is '\(type)'; expected 'ByteLevel' or 'Sequence'")
    }
  }

  /// Whether a `ByteLevel` cuts by GPT-2's pattern itself.
  private static func usesPattern(_ node: JSONNode) throws(QuillError) -> Bool {
    if try node.value("add_prefix_space", as: Bool.self) {
      throw node.error("add_prefix_space is true; expected false")
    }
    return try node.valueIfPresent("use_regex", as: Bool.self) ?? true
  }

  private static func split(_ node: JSONNode) throws(QuillError) -> SplitPattern {
    let behavior: String = try node.value("behavior")
    guard behavior == "Isolated", try !node.value("invert", as: Bool.self) else {
      throw node.error("expected behavior 'Isolated' and invert false")
    }
    let pattern: String = try node.value("pattern", as: JSONNode.self).value("Regex")
    for split in SplitPattern.allCases where split.regularExpression == pattern { return split }
    throw node.error(
      "the split pattern is neither GPT-2's nor GPT-4's: \(pattern)",
      remedy: "Quill cuts by these two patterns only.")
  }
}

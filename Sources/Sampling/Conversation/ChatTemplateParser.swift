import Storage

/// Reads the part of Jinja that ``ChatTemplate`` understands.
struct ChatTemplateParser {
  enum Part: Equatable {
    case text(String)
    case output([Word])
    case statement([Word])
  }

  /// The smallest parts of an expression.
  enum Word: Equatable {
    case name(String)
    case string(String)
    case number(Int)
    case mark(String)
  }

  private let parts: [Part]
  private let place: String
  private var next = 0

  init(_ parts: [Part], place: String) { (self.parts, self.place) = (parts, place) }

  private static func refusal(_ what: String, _ place: String) -> QuillError {
    QuillError(
      .badData, at: place, "the chat template has \(what), which is not understood here",
      remedy: "Talk to the model as it is, without \(Vocabulary.parameter("chat")).")
  }

  private func refusal(_ what: String) -> QuillError { Self.refusal(what, place) }

  // MARK: Parts

  /// Cuts a template at its tags. As with Hugging Face, a line end after a statement and spaces before one at a line's beginning are no text.
  static func parts(of source: String, place: String) throws(QuillError) -> [Part] {
    var parts: [Part] = []
    // Jinja leaves out the line end that files end with.
    var rest = source.hasSuffix("\n") ? source.dropLast() : source[...]
    var stripsNext = false
    while !rest.isEmpty {
      let open = ["{{", "{%", "{#"].compactMap { tag in rest.firstRange(of: tag).map { (tag: tag, range: $0) } }
        .min { $0.range.lowerBound < $1.range.lowerBound }
      var text = String(rest[..<(open?.range.lowerBound ?? rest.endIndex)])
      if stripsNext { text = String(text.drop { $0.isWhitespace }) }
      stripsNext = false
      guard let open else {
        parts.append(.text(text))
        break
      }
      let closing = open.tag == "{{" ? "}}" : open.tag == "{%" ? "%}" : "#}"
      guard let close = rest[open.range.upperBound...].firstRange(of: closing) else {
        throw refusal("'\(open.tag)' without '\(closing)'", place)
      }
      var inside = rest[open.range.upperBound..<close.lowerBound]
      rest = rest[close.upperBound...]
      if inside.first == "-" {
        inside = inside.dropFirst()
        while text.last?.isWhitespace == true { text.removeLast() }
      } else if open.tag != "{{" {
        let line = text.reversed().prefix { $0 == " " || $0 == "\t" }
        let before = text.dropLast(line.count)
        if before.last == "\n" || (before.isEmpty && parts.isEmpty) { text = String(before) }
      }
      if inside.last == "-" {
        inside = inside.dropLast()
        stripsNext = true
      } else if open.tag != "{{", rest.first == "\n" {
        rest = rest.dropFirst()
      }
      if !text.isEmpty { parts.append(.text(text)) }
      if open.tag == "{{" { parts.append(.output(try words(of: inside, place))) }
      if open.tag == "{%" { parts.append(.statement(try words(of: inside, place))) }
    }
    return parts
  }

  private static func words(of text: Substring, _ place: String) throws(QuillError) -> [Word] {
    var words: [Word] = []
    var rest = text
    while let first = rest.first {
      if first.isWhitespace {
        rest = rest.dropFirst()
      } else if first.isLetter || first == "_" {
        let name = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
        words.append(.name(String(name)))
        rest = rest.dropFirst(name.count)
      } else if first.isNumber {
        let digits = rest.prefix { $0.isNumber }
        words.append(.number(Int(digits) ?? -1))
        rest = rest.dropFirst(digits.count)
      } else if first == "'" || first == "\"" {
        var value = ""
        var isEscaped = false
        var isClosed = false
        rest = rest.dropFirst()
        while let character = rest.first, !isClosed {
          rest = rest.dropFirst()
          if isEscaped {
            value.append(character == "n" ? "\n" : character == "t" ? "\t" : character)
            isEscaped = false
          } else if character == "\\" {
            isEscaped = true
          } else if character == first {
            isClosed = true
          } else {
            value.append(character)
          }
        }
        guard isClosed else { throw refusal("a string without an end", place) }
        words.append(.string(value))
      } else {
        let mark = rest.hasPrefix("==") || rest.hasPrefix("!=") ? String(rest.prefix(2)) : String(first)
        words.append(.mark(mark))
        rest = rest.dropFirst(mark.count)
      }
    }
    return words
  }

  // MARK: Statements

  /// The nodes up to a statement that begins with one of some names, which is left to be read.
  mutating func nodes(
    until ends: Set<String>, inLoop: Bool = false, depth: Int = 0
  ) throws(QuillError) -> [ChatTemplate.Node] {
    guard depth < 32 else { throw refusal("too many statements inside one another") }
    var nodes: [ChatTemplate.Node] = []
    while next < parts.count {
      switch parts[next] {
      case .text(let text): nodes.append(.text(text))
      case .output(let words): nodes.append(.output(try expression(words)))
      case .statement(let words):
        guard case .name(let name)? = words.first else { throw refusal("a statement without a name") }
        if ends.contains(name) { return nodes }
        next += 1
        switch name {
        case "for":
          guard words == [.name("for"), .name("message"), .name("in"), .name("messages")], !inLoop else {
            throw refusal("a loop that is not 'for message in messages'")
          }
          nodes.append(.loop(try self.nodes(until: ["endfor"], inLoop: true, depth: depth + 1)))
          try requireEnd("endfor")
        case "if": nodes.append(try choice(words, inLoop: inLoop, depth: depth))
        default: throw refusal("'\(name)'")
        }
        continue
      }
      next += 1
    }
    guard ends.isEmpty else { throw refusal("no '\(ends.sorted().joined(separator: "' or '"))'") }
    return nodes
  }

  private mutating func requireEnd(_ name: String) throws(QuillError) {
    guard next < parts.count, parts[next] == .statement([.name(name)]) else { throw refusal("no '\(name)'") }
    next += 1
  }

  private mutating func choice(
    _ words: [Word], inLoop: Bool, depth: Int
  ) throws(QuillError) -> ChatTemplate.Node {
    let ends: Set<String> = ["elif", "else", "endif"]
    var branches = [
      ChatTemplate.Node.Branch(
        condition: try expression(Array(words.dropFirst())),
        body: try nodes(until: ends, inLoop: inLoop, depth: depth + 1))
    ]
    while case .statement(let words)? = next < parts.count ? parts[next] : nil, words.first != .name("endif") {
      next += 1
      let condition = words.first == .name("elif") ? try expression(Array(words.dropFirst())) : nil
      branches.append(
        .init(condition: condition, body: try nodes(until: ends, inLoop: inLoop, depth: depth + 1)))
    }
    try requireEnd("endif")
    return .choice(branches)
  }

  // MARK: Expressions

  private func expression(_ words: [Word]) throws(QuillError) -> ChatTemplate.Expression {
    var parser = ChatExpressionParser(words: words[...])
    if words.count < 200, let result = parser.alternatives(), parser.words.isEmpty { return result }
    let shown = words.map { word in
      switch word {
      case .name(let text), .mark(let text): text
      case .string(let text): "'\(text)'"
      case .number(let number): "\(number)"
      }
    }.joined(separator: " ")
    throw refusal("'\(shown)'")
  }
}

/// Expressions by descent: `or`, `and`, `not`, comparison, joining, a filter, a value. Nil is what is not understood.
private struct ChatExpressionParser {
  typealias Expression = ChatTemplate.Expression
  var words: ArraySlice<ChatTemplateParser.Word>

  private mutating func take(_ word: ChatTemplateParser.Word) -> Bool {
    guard words.first == word else { return false }
    words = words.dropFirst()
    return true
  }

  mutating func alternatives() -> Expression? {
    guard var result = conjunction() else { return nil }
    while take(.name("or")) {
      guard let other = conjunction() else { return nil }
      result = .or(result, other)
    }
    return result
  }

  private mutating func conjunction() -> Expression? {
    guard var result = negation() else { return nil }
    while take(.name("and")) {
      guard let other = negation() else { return nil }
      result = .and(result, other)
    }
    return result
  }

  private mutating func negation() -> Expression? {
    if take(.name("not")) { return negation().map { .not($0) } }
    return comparison()
  }

  private mutating func comparison() -> Expression? {
    guard let left = joining() else { return nil }
    if take(.mark("==")) { return joining().map { .equal(left, $0) } }
    if take(.mark("!=")) { return joining().map { .not(.equal(left, $0)) } }
    return left
  }

  private mutating func joining() -> Expression? {
    guard var result = filtered() else { return nil }
    while take(.mark("+")) || take(.mark("~")) {
      guard let other = filtered() else { return nil }
      result = .joined(result, other)
    }
    return result
  }

  private mutating func filtered() -> Expression? {
    guard var result = value() else { return nil }
    while take(.mark("|")) {
      guard take(.name("trim")) else { return nil }
      result = .trimmed(result)
    }
    return result
  }

  private mutating func value() -> Expression? {
    guard let word = words.popFirst() else { return nil }
    switch word {
    case .string(let text): return .text(text)
    case .mark("("):
      guard let inner = alternatives(), take(.mark(")")) else { return nil }
      return inner
    case .name("true"), .name("True"): return .bool(true)
    case .name("false"), .name("False"): return .bool(false)
    case .name("bos_token"): return .beginning
    case .name("eos_token"): return .end
    case .name("add_generation_prompt"): return .flag(.asksForAnswer)
    case .name("loop"):
      if take(.mark(".")), case .name(let name)? = words.popFirst() {
        return name == "first" ? .flag(.isFirst) : name == "last" ? .flag(.isLast) : nil
      }
      return nil
    case .name("message"): return member(.current)
    case .name("messages"):
      guard take(.mark("[")) else { return nil }
      let isNegative = take(.mark("-"))
      guard take(.number(isNegative ? 1 : 0)), take(.mark("]")) else { return nil }
      return member(isNegative ? .last : .first)
    default: return nil
    }
  }

  private mutating func member(_ subject: Expression.Subject) -> Expression? {
    var name: String?
    if take(.mark(".")), case .name(let word)? = words.popFirst() { name = word }
    if name == nil, take(.mark("[")), case .string(let word)? = words.popFirst(), take(.mark("]")) {
      name = word
    }
    return name == "role" ? .role(subject) : name == "content" ? .content(subject) : nil
  }
}

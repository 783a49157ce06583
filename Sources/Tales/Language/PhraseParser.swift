/// Turns the notation of `Phrase` into operations; a mistake in a phrase is a programmer's error.
struct PhraseParser {
  private let source: [UInt8]
  private var position = 0
  var bytes: [UInt8] = []
  var operations: [Phrase.Operation] = []
  var groups: [Phrase.Group] = []

  init(_ text: String) {
    precondition(!text.hasPrefix(" ") && !text.hasSuffix(" "), "write '~' for the space at an end of '\(text)'")
    source = Self.folded(text)
  }

  /// Joins the lines of the literal and turns `¶` into a line break.
  private static func folded(_ text: String) -> [UInt8] {
    var result = ""
    for line in text.split(separator: "\n") {
      let words = line.drop { $0 == " " }
      let isTight = ["[", "|"].contains(result.last) || Self.clingsToWordBefore(words)
      if !result.isEmpty, !isTight { result += " " }
      result += words
    }
    for pattern in [" ¶ ", " ¶", "¶ ", "¶"] { result = result.replacing(pattern, with: "\n") }
    return Array(result.replacing("~", with: " ").utf8)
  }

  /// Whether a line begins so that no space may stand before it: `|`, `]`, or a choice that begins with a mark.
  private static func clingsToWordBefore(_ line: Substring) -> Bool {
    guard line.first == "[" else { return line.first == "|" || line.first == "]" }
    let opening = line.dropFirst().drop { $0.isNumber || $0 == "*" }.first
    return opening.map { ".,!?~".contains($0) } ?? false
  }

  mutating func parseWhole() -> Range<Int> {
    let range = parseSequence()
    precondition(
      position == source.count, "unbalanced ']' or '|' in: \(String(decoding: source, as: UTF8.self))")
    return range
  }

  /// Parses up to the end, or to a `|` or `]` of the enclosing group.
  private mutating func parseSequence() -> Range<Int> {
    var sequence: [Phrase.Operation] = []
    var literalStart = bytes.count
    func isStop(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "|") || byte == UInt8(ascii: "]") }
    func flush(_ parser: inout PhraseParser) {
      if parser.bytes.count > literalStart {
        sequence.append(.text(start: Int32(literalStart), end: Int32(parser.bytes.count)))
      }
    }
    while position < source.count, !isStop(source[position]) {
      switch source[position] {
      case UInt8(ascii: "["):
        flush(&self)
        sequence.append(.group(parseGroup()))
        literalStart = bytes.count
      case UInt8(ascii: "{"):
        flush(&self)
        sequence.append(parseSlot())
        literalStart = bytes.count
      default:
        bytes.append(source[position])
        position += 1
      }
    }
    flush(&self)
    operations += sequence
    return operations.count - sequence.count..<operations.count
  }

  private mutating func parseGroup() -> Int32 {
    var alternatives: [Phrase.Alternative] = []
    repeat {
      position += 1
      let weight = parseWeight()
      alternatives.append(.init(weight: weight, operations: parseSequence()))
      precondition(position < source.count, "unclosed '[' in: \(String(decoding: source, as: UTF8.self))")
    } while source[position] == UInt8(ascii: "|")
    position += 1
    let total = alternatives.reduce(0) { $0 + $1.weight }
    groups.append(
      .init(
        alternatives: alternatives, totalWeight: total, isUniform: alternatives.allSatisfy { $0.weight == 1 }))
    return Int32(groups.count - 1)
  }

  /// Reads `3*`, if it stands here.
  private mutating func parseWeight() -> Int {
    let digits = source[position...].prefix { (48...57).contains($0) }
    guard !digits.isEmpty, digits.endIndex < source.count, source[digits.endIndex] == UInt8(ascii: "*") else {
      return 1
    }
    position = digits.endIndex + 1
    return Int(String(decoding: digits, as: UTF8.self))!
  }

  private mutating func parseSlot() -> Phrase.Operation {
    let content = source[position...].prefix { $0 != UInt8(ascii: "}") }.dropFirst()
    position = content.endIndex + 1
    let text = String(decoding: content, as: UTF8.self)
    let isDraw = text.hasPrefix("?")
    let parts = text.drop { $0 == "?" }.split(separator: " ").map(String.init)
    let slot = Slot(letter: parts[0].utf8.first!)
    let kind = slot.kind
    if parts[0].hasSuffix(":") { return .subject(slot) }
    if kind == .number, isDraw {
      let bounds = parts[1].split(separator: "-").map { UInt8($0)! }
      let goods = parts.count > 2 ? Slot(letter: parts[2].utf8.first!) : nil
      return .drawNumber(slot, low: bounds[0], high: bounds[1], goods: goods)
    }
    if kind == .number, parts.count > 1, parts[1] == "g" || parts[1] == "h" {
      return .counted(number: slot, goods: Slot(letter: parts[1].utf8.first!))
    }
    guard let form = kind.forms.firstIndex(of: parts.count > 1 ? parts[1] : "") else {
      preconditionFailure("no such form: {\(text)}")
    }
    return isDraw ? .draw(slot, form: UInt8(form)) : .slot(slot, form: UInt8(form))
  }
}

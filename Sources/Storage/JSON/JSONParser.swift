// SAFETY: the caller keeps the bytes while they are parsed; `position` is compared with their count before every read.

extension JSONValue {
  /// The deepest nesting of arrays and objects that the parser accepts.
  package static let depthLimit = 128

  /// Parses a whole document by the letter of RFC 8259, and stricter where readers disagree: a key that occurs
  /// twice, bytes that are not UTF-8, half a surrogate pair, a byte-order mark and anything after the value are errors.
  ///
  /// - Parameters:
  ///   - place: the file's name, for messages.
  ///   - dialect: which spellings are accepted; JSON5 accepts all of JSON.
  /// - Throws: `.badData` naming the line and column.
  package static func parse(
    _ text: UnsafeRawBufferPointer, place: String, as dialect: JSONDialect = .json
  ) throws(QuillError) -> JSONValue {
    var parser = JSONParser(bytes: text, place: place, dialect: dialect)
    return try parser.parseDocument()
  }

  package static func parse(
    _ text: String, place: String, as dialect: JSONDialect = .json
  ) throws(QuillError) -> JSONValue {
    try parse(Array(text.utf8), place: place, as: dialect)
  }

  package static func parse(
    _ text: [UInt8], place: String, as dialect: JSONDialect = .json
  ) throws(QuillError) -> JSONValue {
    try text.withRawBytes { (bytes) throws(QuillError) in try parse(bytes, place: place, as: dialect) }
  }
}

/// How strictly a text is read.
package enum JSONDialect: Sendable {
  /// RFC 8259.
  case json
  /// What people write by hand: JSON5 (spec.json5.org) without hexadecimal numbers, `Infinity`, `NaN` and keys of other letters than
  /// ASCII's. Keys still occur once, and the text is UTF-8.
  case json5

  fileprivate var name: String { self == .json ? "JSON" : "JSON5" }
}

/// A recursive-descent parser over bytes that the caller keeps alive.
struct JSONParser {
  let bytes: UnsafeRawBufferPointer
  let place: String
  let dialect: JSONDialect
  var position = 0
  private var depth = 0

  var isJSON5: Bool { dialect == .json5 }

  init(bytes: UnsafeRawBufferPointer, place: String, dialect: JSONDialect) {
    self.bytes = bytes
    self.place = place
    self.dialect = dialect
  }

  mutating func parseDocument() throws(QuillError) -> JSONValue {
    try skipSpace()
    let value = try parseValue()
    try skipSpace()
    guard position == bytes.count else { throw error("unexpected text after the end of the document") }
    return value
  }

  func error(_ problem: String, at position: Int? = nil) -> QuillError {
    let position = min(position ?? self.position, bytes.count)
    var line = 1
    var lineStart = 0
    for index in 0..<position where bytes[index] == UInt8(ascii: "\n") {
      line += 1
      lineStart = index + 1
    }
    return QuillError(
      .badData, at: "\(place), line \(line), column \(position - lineStart + 1)", "\(dialect.name): \(problem)")
  }

  var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func skipSpace() throws(QuillError) {
    while true {
      while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
      guard isJSON5, try skipJSON5Space() else { return }
    }
  }

  mutating func take(_ expected: UInt8) -> Bool {
    guard next == expected else { return false }
    position += 1
    return true
  }

  private mutating func parseValue() throws(QuillError) -> JSONValue {
    guard let byte = next else { throw error("the text ends where a value should be") }
    switch byte {
    case UInt8(ascii: "{"): return try parseObject()
    case UInt8(ascii: "["): return try parseArray()
    case UInt8(ascii: "\""): return .string(try parseString())
    case UInt8(ascii: "t"): return try parseWord("true", .bool(true))
    case UInt8(ascii: "f"): return try parseWord("false", .bool(false))
    case UInt8(ascii: "n"): return try parseWord("null", .null)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try parseNumber()
    case UInt8(ascii: "'") where isJSON5: return .string(try parseString())
    case UInt8(ascii: "+") where isJSON5, UInt8(ascii: ".") where isJSON5: return try parseNumber()
    default: throw expected("a value, found \(Self.show(byte))", at: position)
    }
  }

  private static func show(_ byte: UInt8) -> String {
    byte >= 0x21 && byte < 0x7F ? "'\(Character(UnicodeScalar(byte)))'" : "byte 0x\(String(byte, radix: 16))"
  }

  /// The error that `what` is missing at `start`; or that a number is not finite, as the programs of every language spell it.
  private func expected(_ what: String, at start: Int, otherwise place: Int? = nil) -> QuillError {
    let word = bytes[start...].prefix(4).drop { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") }.map {
      $0 | 0x20
    }
    let isNotFinite = word.starts(with: "nan".utf8) || word.starts(with: "inf".utf8)
    return error("expected " + (isNotFinite ? "a finite number" : what), at: isNotFinite ? start : place)
  }

  private mutating func parseWord(_ word: String, _ value: JSONValue) throws(QuillError) -> JSONValue {
    let start = position
    for byte in word.utf8 {
      guard take(byte) else { throw expected(word, at: start, otherwise: start) }
    }
    return value
  }

  private mutating func enter() throws(QuillError) {
    depth += 1
    if depth > JSONValue.depthLimit { throw error("nested deeper than \(JSONValue.depthLimit) levels") }
    position += 1
    try skipSpace()
  }

  private mutating func parseArray() throws(QuillError) -> JSONValue {
    try enter()
    defer { depth -= 1 }
    var elements: [JSONValue] = []
    if take(UInt8(ascii: "]")) { return .array(elements) }
    while true {
      elements.append(try parseValue())
      try skipSpace()
      if take(UInt8(ascii: "]")) { return .array(elements) }
      guard take(UInt8(ascii: ",")) else { throw error("expected ',' or ']' in an array") }
      try skipSpace()
      if isJSON5, take(UInt8(ascii: "]")) { return .array(elements) }
    }
  }

  private mutating func parseObject() throws(QuillError) -> JSONValue {
    try enter()
    defer { depth -= 1 }
    var object = JSONObject()
    if take(UInt8(ascii: "}")) { return .object(object) }
    while true {
      let start = position
      let key = try parseKey()
      try skipSpace()
      guard take(UInt8(ascii: ":")) else { throw error("expected ':' after the key '\(key)'") }
      try skipSpace()
      let value = try parseValue()
      guard object.append(key, value) else { throw error("the key '\(key)' occurs twice", at: start) }
      try skipSpace()
      if take(UInt8(ascii: "}")) { return .object(object) }
      guard take(UInt8(ascii: ",")) else { throw error("expected ',' or '}' in an object") }
      try skipSpace()
      if isJSON5, take(UInt8(ascii: "}")) { return .object(object) }
    }
  }

  private mutating func parseKey() throws(QuillError) -> String {
    if next == UInt8(ascii: "\"") || (isJSON5 && next == UInt8(ascii: "'")) { return try parseString() }
    if isJSON5, let name = takeName() { return name }
    throw error(isJSON5 ? "expected a key" : "expected a key in quotation marks")
  }

  private mutating func takeDigits() -> Int {
    let start = position
    while let byte = next, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") { position += 1 }
    return position - start
  }

  private mutating func parseNumber() throws(QuillError) -> JSONValue {
    let sign = position
    if isJSON5 { _ = take(UInt8(ascii: "+")) }
    let start = position
    _ = take(UInt8(ascii: "-"))
    let leadsWithZero = next == UInt8(ascii: "0")
    let digits = takeDigits()
    guard digits > 0 || (isJSON5 && next == UInt8(ascii: ".")) else { throw expected("a digit", at: sign) }
    if isJSON5, leadsWithZero, digits == 1, next == UInt8(ascii: "x") || next == UInt8(ascii: "X") {
      throw error("expected a decimal number, found a hexadecimal one", at: start)
    }
    guard !leadsWithZero || digits == 1 else { throw error("a number may not begin with 0", at: start) }
    var isInteger = true
    var lacksDecimals = false
    if take(UInt8(ascii: ".")) {
      isInteger = false
      lacksDecimals = takeDigits() == 0
      guard !lacksDecimals || (isJSON5 && digits > 0) else {
        throw error("expected a digit after the decimal point")
      }
    }
    if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
      position += 1
      isInteger = false
      if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
      guard takeDigits() > 0 else { throw error("expected a digit in the exponent") }
    }
    var literal = String(decoding: bytes[start..<position], as: UTF8.self)
    // Swift, as JSON, wants a digit on both sides of the point.
    if digits == 0 { literal.replace(".", with: "0.") }
    if lacksDecimals { literal.replace(".", with: ".0") }
    if isInteger {
      if literal == "-0" { return .number(-0.0) }
      return Int(literal).map(JSONValue.integer) ?? .largeInteger(literal)
    }
    guard let value = Double(literal), value.isFinite else {
      throw error("the number \(literal) is too large", at: start)
    }
    return .number(value)
  }

  private mutating func parseString() throws(QuillError) -> String {
    let quote = bytes[position]
    position += 1
    let start = position
    // Most strings have no escapes: one validation over the bytes in place.
    while let byte = next, byte != quote, byte != UInt8(ascii: "\\"), byte >= 0x20 {
      position += 1
    }
    if take(quote) {
      return try makeString(UnsafeRawBufferPointer(rebasing: bytes[start..<position - 1]), start)
    }
    var text = Array(bytes[start..<position])
    while true {
      guard let byte = next else { throw error("a string does not end", at: start - 1) }
      guard byte >= 0x20 else { throw error("control character \(Self.show(byte)) in a string") }
      position += 1
      if byte == quote { break }
      if byte == UInt8(ascii: "\\") { try parseEscape(into: &text) } else { text.append(byte) }
    }
    return try text.withRawBytes { (bytes) throws(QuillError) in try makeString(bytes, start) }
  }

  private func makeString(_ utf8: UnsafeRawBufferPointer, _ start: Int) throws(QuillError) -> String {
    guard let string = String(validating: utf8, as: UTF8.self) else {
      throw error("a string is not valid UTF-8", at: start)
    }
    return string
  }

  private mutating func parseEscape(into text: inout [UInt8]) throws(QuillError) {
    let start = position - 1
    guard let byte = next else { throw error("a string does not end", at: start) }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
    case UInt8(ascii: "b"): text.append(8)
    case UInt8(ascii: "f"): text.append(12)
    case UInt8(ascii: "n"): text.append(10)
    case UInt8(ascii: "r"): text.append(13)
    case UInt8(ascii: "t"): text.append(9)
    case UInt8(ascii: "u"):
      var code = try parseHexadecimal()
      if code >= 0xD800 && code < 0xDC00 {
        guard take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else {
          throw error("half a surrogate pair", at: start)
        }
        let low = try parseHexadecimal()
        guard low >= 0xDC00 && low < 0xE000 else { throw error("half a surrogate pair", at: start) }
        code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
      }
      guard let scalar = UnicodeScalar(code) else { throw error("half a surrogate pair", at: start) }
      text.append(contentsOf: UTF8.encode(scalar)!)
    case UInt8(ascii: "'") where isJSON5: text.append(byte)
    case UInt8(ascii: "\n") where isJSON5: break
    default: throw error("unknown escape \\\(Self.show(byte))", at: start)
    }
  }

  private mutating func parseHexadecimal() throws(QuillError) -> UInt32 {
    var code: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = next, let digit = Character(UnicodeScalar(byte)).hexDigitValue, byte < 0x80 else {
        throw error("expected four hexadecimal digits")
      }
      code = code << 4 | UInt32(digit)
      position += 1
    }
    return code
  }
}

/// What JSON5 has besides JSON: comments, more kinds of space, and keys without quotation marks.
extension JSONParser {
  /// Skips one comment, or one space that JSON does not know; false where there is neither.
  mutating func skipJSON5Space() throws(QuillError) -> Bool {
    let rest = bytes[position...]
    if rest.starts(with: "//".utf8) {
      while let byte = next, byte != UInt8(ascii: "\n") { position += 1 }
      return true
    }
    if rest.starts(with: "/*".utf8) {
      let start = position
      position += 2
      while !bytes[position...].starts(with: "*/".utf8) {
        guard position < bytes.count else { throw error("a comment does not end", at: start) }
        position += 1
      }
      position += 2
      return true
    }
    // Vertical tab, form feed, no-break space, byte-order mark.
    for space in ["\u{B}", "\u{C}", "\u{A0}", "\u{FEFF}"] where rest.starts(with: space.utf8) {
      position += space.utf8.count
      return true
    }
    return false
  }

  /// The name at the cursor: ASCII letters, digits, `_` and `$`, no digit first; nil where there is none.
  mutating func takeName() -> String? {
    let start = position
    while let byte = next {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"),
        UInt8(ascii: "$"):
        position += 1
      case UInt8(ascii: "0")...UInt8(ascii: "9") where position > start: position += 1
      default: return position == start ? nil : String(decoding: bytes[start..<position], as: UTF8.self)
      }
    }
    return position == start ? nil : String(decoding: bytes[start..<position], as: UTF8.self)
  }
}

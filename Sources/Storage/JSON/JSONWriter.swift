extension JSONValue {
  /// The document on one line, without spaces: a line of a `.jsonl` file.
  package var compactText: String { text(indentation: nil) }

  /// The document with two spaces of indentation and a final newline, as the Hugging Face libraries write it.
  package var prettyText: String { text(indentation: 0) + "\n" }

  private func text(indentation: Int?) -> String {
    var bytes: [UInt8] = []
    write(into: &bytes, indentation: indentation)
    return String(decoding: bytes, as: UTF8.self)
  }

  private func write(into bytes: inout [UInt8], indentation: Int?) {
    switch self {
    case .null: bytes += "null".utf8
    case .bool(let value): bytes += (value ? "true" : "false").utf8
    case .integer(let value): bytes += String(value).utf8
    case .largeInteger(let digits): bytes += digits.utf8
    // JSON has no NaN and no infinities: readers that expect a number will say so.
    case .number(let value): bytes += (value.isFinite ? value.description : "null").utf8
    case .string(let value): Self.write(value, into: &bytes)
    case .array(let elements):
      Self.write("[", "]", elements, into: &bytes, indentation) { element, bytes, indentation in
        element.write(into: &bytes, indentation: indentation)
      }
    case .object(let object):
      Self.write("{", "}", object.members, into: &bytes, indentation) { member, bytes, indentation in
        Self.write(member.key, into: &bytes)
        bytes += (indentation == nil ? ":" : ": ").utf8
        member.value.write(into: &bytes, indentation: indentation)
      }
    }
  }

  private static func write<Item>(
    _ opening: String, _ closing: String, _ items: [Item], into bytes: inout [UInt8], _ indentation: Int?,
    _ writeItem: (Item, inout [UInt8], Int?) -> Void
  ) {
    bytes += opening.utf8
    let inner = indentation.map { $0 + 2 }
    for (index, item) in items.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      newline(inner, into: &bytes)
      writeItem(item, &bytes, inner)
    }
    if !items.isEmpty { newline(indentation, into: &bytes) }
    bytes += closing.utf8
  }

  private static func newline(_ indentation: Int?, into bytes: inout [UInt8]) {
    guard let indentation else { return }
    bytes.append(UInt8(ascii: "\n"))
    bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: indentation))
  }

  private static func write(_ string: String, into bytes: inout [UInt8]) {
    let digits = Array("0123456789abcdef".utf8)
    bytes.append(UInt8(ascii: "\""))
    for byte in string.utf8 {
      switch byte {
      case UInt8(ascii: "\""): bytes += "\\\"".utf8
      case UInt8(ascii: "\\"): bytes += "\\\\".utf8
      case 8: bytes += "\\b".utf8
      case 9: bytes += "\\t".utf8
      case 10: bytes += "\\n".utf8
      case 12: bytes += "\\f".utf8
      case 13: bytes += "\\r".utf8
      case 0..<0x20, 0x7F: bytes += [0x5C, 0x75, 0x30, 0x30, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }
}

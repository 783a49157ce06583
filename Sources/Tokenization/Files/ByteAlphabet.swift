/// GPT-2's bijection between the 256 bytes and 256 printable characters, in which byte-level vocabularies are written.
///
/// Bytes that Latin-1 prints (`!`–`~`, `¡`–`¬`, `®`–`ÿ`) stand for themselves; the other 68, in ascending order, become
/// U+0100, U+0101, …: a space is `Ġ`. Source: `bytes_to_unicode` of openai/gpt-2.
enum ByteAlphabet {
  /// The code point of every byte.
  static let codePoints: [UInt16] = {
    var next: UInt16 = 0x100
    return (0..<256).map { (byte: Int) -> UInt16 in
      switch byte {
      case 0x21...0x7E, 0xA1...0xAC, 0xAE...0xFF: return UInt16(byte)
      default:
        defer { next += 1 }
        return next
      }
    }
  }()

  /// The bytes in the order of their characters: the order in which trained vocabularies number them.
  static let bytesInOrder: [UInt8] = (0...255).sorted { codePoints[Int($0)] < codePoints[Int($1)] }

  /// The byte of every code point below U+0144, or -1.
  private static let bytes: [Int16] = {
    var bytes = [Int16](repeating: -1, count: 0x144)
    for (byte, code) in codePoints.enumerated() { bytes[Int(code)] = Int16(byte) }
    return bytes
  }()

  /// `bytes` spelled in the alphabet.
  static func spell(_ bytes: some Sequence<UInt8>) -> String {
    var text = String.UnicodeScalarView()
    for byte in bytes { text.append(Unicode.Scalar(codePoints[Int(byte)])!) }
    return String(text)
  }

  /// The bytes that `text` spells, or nil where it holds another character.
  static func read(_ text: String) -> [UInt8]? {
    var result: [UInt8] = []
    result.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
      guard scalar.value < bytes.count, bytes[Int(scalar.value)] >= 0 else { return nil }
      result.append(UInt8(bytes[Int(scalar.value)]))
    }
    return result
  }
}

/// What the split patterns need to know of a character, as a set of bits.
struct CharacterClass: Equatable {
  let bits: UInt8

  static let letter = CharacterClass(bits: 1)
  static let number = CharacterClass(bits: 2)
  /// White space other than a newline.
  static let space = CharacterClass(bits: 4)
  /// Carriage return or line feed; white space too.
  static let newline = CharacterClass(bits: 4 | 8)
  /// Everything else, bytes that are no UTF-8 included.
  static let other = CharacterClass(bits: 16)

  @inline(__always) var isLetter: Bool { bits & 1 != 0 }
  @inline(__always) var isNumber: Bool { bits & 2 != 0 }
  @inline(__always) var isWhiteSpace: Bool { bits & 4 != 0 }
  @inline(__always) var isNewline: Bool { bits & 8 != 0 }
  @inline(__always) var isOther: Bool { bits & 16 != 0 }
}

extension CharacterClass {
  /// Code points from here on are all `.other`.
  static let tableCount = 0x40000

  /// The class of every code point below `tableCount`, one byte each, made once from `UnicodeTables`.
  ///
  /// A flat table of 256 KiB, of which a text touches a few pages, beats a two-stage one by a load per character.
  nonisolated(unsafe) static let table: UnsafePointer<UInt8> = {
    // SAFETY: filled before it is published and neither changed nor freed afterwards.
    let table = UnsafeMutablePointer<UInt8>.allocate(capacity: tableCount)
    table.initialize(repeating: CharacterClass.other.bits, count: tableCount)
    let sets = [
      (UnicodeTables.letters, CharacterClass.letter), (UnicodeTables.numbers, .number),
      (UnicodeTables.whiteSpaces, .space),
    ]
    for (ranges, value) in sets {
      for i in stride(from: 0, to: ranges.count, by: 2) {
        precondition(ranges[i + 1] < tableCount, "class table too short for U+\(ranges[i + 1])")
        for code in ranges[i]...ranges[i + 1] { table[Int(code)] = value.bits }
      }
    }
    table[0x0A] = CharacterClass.newline.bits
    table[0x0D] = CharacterClass.newline.bits
    return UnsafePointer(table)
  }()
}

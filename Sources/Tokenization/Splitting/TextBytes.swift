/// A text under the eyes of a scanner: bytes, read as UTF-8 where they are UTF-8.
///
/// A byte that does not begin a well-formed character is a character of its own, of class `.other`, so that any input
/// is cut without loss. Where the peers can see the text at all (it is UTF-8) this is what they see.
///
/// SAFETY: valid only while the buffer it was made of is; callers keep every position in `0 ..< count`.
struct TextBytes {
  let base: UnsafePointer<UInt8>
  let count: Int
  let classes: UnsafePointer<UInt8>

  init(base: UnsafePointer<UInt8>, count: Int) {
    self.base = base
    self.count = count
    classes = CharacterClass.table
  }

  @inline(__always) subscript(position: Int) -> UInt8 { base[position] }

  /// The class and the length in bytes of the character at `position`.
  @inline(__always) func character(at position: Int) -> (class: CharacterClass, length: Int) {
    let first = base[position]
    if first < 0x80 { return (CharacterClass(bits: classes[Int(first)]), 1) }
    return longCharacter(at: position, first: first)
  }

  /// `character(at:)` for a first byte of 0x80 or more. Ranges: Unicode, table 3-7.
  func longCharacter(at position: Int, first: UInt8) -> (class: CharacterClass, length: Int) {
    let (code, length) = decodeLong(at: position, first: first)
    guard length > 1, code < CharacterClass.tableCount else { return (.other, max(length, 1)) }
    return (CharacterClass(bits: classes[Int(code)]), length)
  }

  /// The scalar at `position` and its length in bytes; length 0 where the bytes are not well-formed UTF-8.
  func decode(at position: Int) -> (code: UInt32, length: Int) {
    let first = base[position]
    return first < 0x80 ? (UInt32(first), 1) : decodeLong(at: position, first: first)
  }

  private func decodeLong(at position: Int, first: UInt8) -> (code: UInt32, length: Int) {
    let left = count - position
    switch first {
    case 0xC2...0xDF:
      guard left >= 2, let b = continuation(position + 1) else { return (0, 0) }
      return (UInt32(first & 0x1F) << 6 | b, 2)
    case 0xE0...0xEF:
      guard left >= 3, let b = continuation(position + 1), let c = continuation(position + 2) else {
        return (0, 0)
      }
      let code = UInt32(first & 0x0F) << 12 | b << 6 | c
      return code < 0x800 || (0xD800...0xDFFF).contains(code) ? (0, 0) : (code, 3)
    case 0xF0...0xF4:
      guard left >= 4, let b = continuation(position + 1), let c = continuation(position + 2),
        let d = continuation(position + 3)
      else { return (0, 0) }
      let code = UInt32(first & 0x07) << 18 | b << 12 | c << 6 | d
      return (0x10000...0x10FFFF).contains(code) ? (code, 4) : (0, 0)
    default: return (0, 0)
    }
  }

  @inline(__always) private func continuation(_ position: Int) -> UInt32? {
    let byte = base[position]
    return byte & 0xC0 == 0x80 ? UInt32(byte & 0x3F) : nil
  }
}

extension TextBytes {
  /// The end of the letters that begin at `position`; `position` itself where none do.
  @inline(__always) func endOfLetters(from position: Int) -> Int {
    var i = position
    while true {
      // Eight bytes at a time while they are ASCII letters: a word costs one unpredictable branch, not one a byte.
      while i + 8 <= count {
        let notLetters = TextBytes.nonLetterMask(
          UnsafeRawPointer(base + i).loadUnaligned(as: UInt64.self).littleEndian)
        if notLetters != 0 {
          i += notLetters.trailingZeroBitCount >> 3
          break
        }
        i += 8
      }
      guard i < count else { return i }
      if base[i] < 0x80 && !CharacterClass(bits: classes[Int(base[i])]).isLetter { return i }
      repeat {
        let (kind, length) = character(at: i)
        guard kind.isLetter else { return i }
        i += length
      } while i < count && (base[i] >= 0x80 || i + 8 > count)
    }
  }

  /// Sets bit 7 of every byte of `word` that is not an ASCII letter.
  @inline(__always) static func nonLetterMask(_ word: UInt64) -> UInt64 {
    let high: UInt64 = 0x8080_8080_8080_8080
    // Lower case, bit 7 cleared so that no sum carries into the next byte.
    let lower = (word | 0x2020_2020_2020_2020) & ~high
    let atLeastA = lower &+ 0x1F1F_1F1F_1F1F_1F1F
    let pastZ = lower &+ 0x0505_0505_0505_0505
    return (~atLeastA | pastZ | word) & high
  }

  /// The end of the numbers that begin at `position`, at most `limit` of them.
  @inline(__always) func endOfNumbers(from position: Int, limit: Int = .max) -> Int {
    var i = position
    var left = limit
    while i < count && left > 0 {
      let (kind, length) = character(at: i)
      guard kind.isNumber else { break }
      i += length
      left -= 1
    }
    return i
  }

  /// The end of the characters at `position` that are neither letters, numbers nor white space.
  @inline(__always) func endOfOthers(from position: Int) -> Int {
    var i = position
    while i < count {
      let (kind, length) = character(at: i)
      guard kind.isOther else { break }
      i += length
    }
    return i
  }

  /// The white space that begins at `position`: its end, where its last character begins, and the end of its last
  /// newline (`position` where it has none).
  func whiteSpace(from position: Int) -> (end: Int, last: Int, newlineEnd: Int) {
    var i = position
    var last = position
    var newlineEnd = position
    while i < count {
      let (kind, length) = character(at: i)
      guard kind.isWhiteSpace else { break }
      last = i
      i += length
      if kind.isNewline { newlineEnd = i }
    }
    return (i, last, newlineEnd)
  }
}

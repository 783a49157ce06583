/// Damages bytes as disks, editors, cut transfers and hostile people do. Equal seeds and numbers give equal damage.
///
/// Three quarters of all changes are small and leave most of the text readable, so that a reader gets past its first check.
package struct Mutator {
  private var random: SeededGenerator

  package init(seed: UInt64, number: Int) {
    random = SeededGenerator(seed: seed &+ UInt64(number) &* 0x9E37_79B9_7F4A_7C15)
  }

  package mutating func mutate(_ original: [UInt8]) -> [UInt8] {
    var bytes = original
    // One change in most cases, up to five in the others.
    for _ in 0..<[1, 1, 1, 2, 5].randomElement(using: &random)! { change(&bytes) }
    return bytes
  }

  private mutating func change(_ bytes: inout [UInt8]) {
    guard !bytes.isEmpty else {
      bytes = structural()
      return
    }
    switch Int.random(in: 0..<12, using: &random) {
    case 0: bytes[position(bytes)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
    case 1: bytes[position(bytes)] = UInt8.random(in: 0...255, using: &random)
    case 2: bytes.removeLast(bytes.count - position(bytes))
    case 3: bytes.removeSubrange(range(bytes))
    case 4: bytes.insert(contentsOf: Array(bytes[range(bytes)]), at: position(bytes))
    case 5: bytes.insert(contentsOf: structural(), at: position(bytes))
    case 6, 7: replaceNumber(&bytes)
    case 8: bytes.insert(contentsOf: Self.brokenText.randomElement(using: &random)!, at: position(bytes))
    case 9: nest(&bytes)
    case 10: swapChunks(&bytes)
    default: replaceWord(&bytes)
    }
  }

  /// A place in the bytes: the beginning, where headers are, and the end, where footers are, as often as all the rest.
  private mutating func position(_ bytes: [UInt8]) -> Int {
    let reach = min(bytes.count, 256)
    switch Int.random(in: 0..<4, using: &random) {
    case 0: return Int.random(in: 0..<reach, using: &random)
    case 1: return bytes.count - 1 - Int.random(in: 0..<reach, using: &random)
    default: return Int.random(in: 0..<bytes.count, using: &random)
    }
  }

  private mutating func range(_ bytes: [UInt8]) -> Range<Int> {
    let start = position(bytes)
    let longest = Bool.random(using: &random) ? 8 : 512
    return start..<min(bytes.count, start + Int.random(in: 1...longest, using: &random))
  }

  private mutating func structural() -> [UInt8] { Self.structure.randomElement(using: &random)! }

  /// Replaces a number written in digits, or four or eight raw bytes, by one at the edge of some type.
  private mutating func replaceNumber(_ bytes: inout [UInt8]) {
    let isDigit = { (byte: UInt8) in byte >= 48 && byte <= 57 }
    let start = position(bytes)
    guard let first = bytes[start...].firstIndex(where: isDigit), first - start < 256 else {
      let width = min([1, 2, 4, 8].randomElement(using: &random)!, bytes.count - start)
      let raw = [UInt8](repeating: [0, 0x7f, 0x80, 0xff].randomElement(using: &random)!, count: width)
      return bytes.replaceSubrange(start..<(start + width), with: raw)
    }
    let end = bytes[first...].firstIndex { !isDigit($0) } ?? bytes.count
    bytes.replaceSubrange(first..<end, with: Self.numbers.randomElement(using: &random)!)
  }

  /// Puts thousands of brackets around nothing.
  private mutating func nest(_ bytes: inout [UInt8]) {
    let (open, close) = [("[", "]"), ("{\"a\":", "}"), ("(", ")"), ("\"", "\"")].randomElement(using: &random)!
    let depth = [3, 64, 600, 20_000].randomElement(using: &random)!
    let isClosed = Bool.random(using: &random)
    let text = String(repeating: open, count: depth) + String(repeating: close, count: isClosed ? depth : 0)
    bytes.insert(contentsOf: Array(text.utf8), at: position(bytes))
  }

  private mutating func swapChunks(_ bytes: inout [UInt8]) {
    let (one, other) = (range(bytes), range(bytes))
    let (first, second) = one.lowerBound < other.lowerBound ? (one, other) : (other, one)
    guard first.upperBound <= second.lowerBound else { return }
    let (left, right) = (Array(bytes[first]), Array(bytes[second]))
    bytes.replaceSubrange(second, with: left)
    bytes.replaceSubrange(first, with: right)
  }

  /// Replaces a word of JSON or a name between quotes by another one.
  private mutating func replaceWord(_ bytes: inout [UInt8]) {
    let isLetter = { (byte: UInt8) in (byte | 32) >= 97 && (byte | 32) <= 122 }
    let start = position(bytes)
    guard let first = bytes[start...].firstIndex(where: isLetter) else { return }
    let end = bytes[first...].firstIndex { !isLetter($0) } ?? bytes.count
    bytes.replaceSubrange(first..<end, with: Self.words.randomElement(using: &random)!)
  }

  private static let numbers = [
    "0", "-0", "-1", "1", "00", "255", "256", "65536", "16777216", "1048576", "2147483647", "2147483648",
    "4294967296", "1099511627776", "4611686018427387904", "9223372036854775807", "9223372036854775808",
    "18446744073709551616",
    "-9223372036854775808", "1e308", "1e309", "-1e308", "1e-320", "0.1", "1.5", "1e18", "1e19", "0x10", "1_000",
    "NaN",
    String(repeating: "9", count: 400),
  ].map { Array($0.utf8) }

  private static let words = [
    "null", "true", "false", "NaN", "Infinity", "-Infinity", "nan", "inf", "a", "\\u0000", "\\ud800", "../../x",
    "/", "",
    "F64", "BF16", "qwen", "\u{202e}", "\u{1b}[2J", String(repeating: "w", count: 5_000),
  ].map { Array($0.utf8) }

  private static let structure = [
    "{", "}", "[", "]", "\"", ",", ":", "\\", "'", "/*", "//", "\n", "\r", "\r\n", "\0", ";", "\t", "{}", "[]",
    "\"\"", "[[", "]]",
    ",,", "\u{feff}", "\"a\":", "e", "-", ".", "+", "#",
  ].map { Array($0.utf8) }

  /// Bytes that no UTF-8 text may hold: lone continuations, overlong forms, surrogates, cut sequences, too large scalars.
  private static let brokenText: [[UInt8]] = [
    [0xff], [0xff, 0xff, 0xff, 0xff], [0x80], [0xc0, 0x80], [0xc3], [0xe2, 0x82], [0xed, 0xa0, 0x80],
    [0xf0, 0x9f],
    [0xf4, 0x90, 0x80, 0x80], [0xfe], [0xff, 0xfe], [0xd8, 0x00],
  ]
}

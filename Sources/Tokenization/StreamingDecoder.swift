/// Decodes ids one at a time into text that never ends inside a character.
///
///     var decoder = StreamingDecoder(tokenizer)
///     for id in ids { print(decoder.text(adding: id), terminator: "") }
///     print(decoder.finish())
///
/// Bytes that can never become UTF-8 come out as U+FFFD, one for each maximal ill-formed prefix, as
/// `String(decoding:as:)` does it. For a lossless stream use `bytes(adding:)`, which holds back the same incomplete
/// characters but hands every byte on unchanged.
package struct StreamingDecoder {
  private let tokenizer: any Tokenizer
  private var pending: [UInt8] = []

  package init(_ tokenizer: any Tokenizer) { self.tokenizer = tokenizer }

  /// The text that became complete with `id`; empty for special tokens and inside a character.
  package mutating func text(adding id: TokenID) -> String {
    String(decoding: bytes(adding: id), as: UTF8.self)
  }

  /// The bytes that became complete with `id`, unchanged.
  package mutating func bytes(adding id: TokenID) -> [UInt8] {
    pending += tokenizer.bytes(of: id)
    let complete = pending.count - incompleteSuffixLength(of: pending)
    defer { pending.removeFirst(complete) }
    return Array(pending[..<complete])
  }

  /// What is left at the end: U+FFFD for an unfinished character, or nothing.
  package mutating func finish() -> String { String(decoding: finishBytes(), as: UTF8.self) }

  /// The bytes left at the end, unchanged.
  package mutating func finishBytes() -> [UInt8] {
    defer { pending = [] }
    return pending
  }
}

/// The number of bytes (0 to 3) at the end that more bytes could complete to one UTF-8 character.
package func incompleteSuffixLength(of bytes: some RandomAccessCollection<UInt8>) -> Int {
  let bytes = Array(bytes.suffix(3))
  var start = bytes.count
  // The first byte of the last character is among the last three bytes, or nothing is incomplete.
  while start > max(0, bytes.count - 3) {
    start -= 1
    let byte = bytes[start]
    if byte & 0xC0 == 0x80 { continue }
    let found = bytes.count - start
    return found < expectedLength(of: bytes[start...]) ? found : 0
  }
  return 0
}

/// The length of the well-formed character that `prefix` (1 to 3 bytes) begins, or 1 where it can begin none.
private func expectedLength(of prefix: ArraySlice<UInt8>) -> Int {
  let first = prefix[prefix.startIndex]
  let second = prefix.dropFirst().first
  // The second byte's range follows the first (Unicode, table 3-7): no overlong form, no surrogate, none past U+10FFFF.
  switch first {
  case 0xC2...0xDF: return 2
  case 0xE0...0xEF:
    let low: UInt8 = first == 0xE0 ? 0xA0 : 0x80
    let high: UInt8 = first == 0xED ? 0x9F : 0xBF
    return second.map { (low...high).contains($0) } ?? true ? 3 : 1
  case 0xF0...0xF4:
    let low: UInt8 = first == 0xF0 ? 0x90 : 0x80
    let high: UInt8 = first == 0xF4 ? 0x8F : 0xBF
    return second.map { (low...high).contains($0) } ?? true ? 4 : 1
  default: return 1
  }
}

/// Counts the characters of texts that come in blocks; bytes that are not UTF-8 do not count.
final class CharacterCounter {
  private var counts = [Int](repeating: 0, count: 0x110000)
  /// A character cut by the end of the last block.
  private var tail: [UInt8] = []

  func add(_ block: UnsafeBufferPointer<UInt8>) {
    if tail.isEmpty {
      tail = count(block)
    } else {
      tail = (tail + block).withUnsafeBufferPointer(count)
    }
  }

  func endText() { tail = [] }

  /// - Returns: the bytes of an unfinished character at the end.
  private func count(_ bytes: UnsafeBufferPointer<UInt8>) -> [UInt8] {
    guard let base = bytes.baseAddress else { return [] }
    let rest = incompleteSuffixLength(of: bytes)
    let text = TextBytes(base: base, count: bytes.count - rest)
    counts.withUnsafeMutableBufferPointer { counts in
      var i = 0
      while i < text.count {
        let (code, length) = text.decode(at: i)
        if length > 0 { counts[Int(code)] += 1 }
        i += max(length, 1)
      }
    }
    return Array(bytes[(bytes.count - rest)...])
  }

  /// The `limit` most frequent characters, the smaller one of equally frequent ones.
  func mostFrequent(_ limit: Int) -> [Unicode.Scalar] {
    let found = counts.indices.filter { counts[$0] > 0 }
    let kept =
      found.count <= limit
      ? found
      : Array(found.sorted { (-counts[$0], $0) < (-counts[$1], $1) }.prefix(limit))
    return kept.compactMap { Unicode.Scalar(UInt32($0)) }
  }
}

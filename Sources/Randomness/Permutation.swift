/// A pseudo-random permutation of `0 ..< count`, without a table: a four-round Feistel network over the next even number of bits,
/// walked along its cycles until it lands in range.
///
/// Source: Black & Rogaway 2002, "Ciphers with arbitrary finite domains", doi:10.1007/3-540-45760-7_9.
package struct Permutation: Sendable {
  private let count: UInt64
  private let key: UInt64
  /// Bits in each half of a word of the network.
  private let halfBits: UInt64

  /// - Precondition: `count >= 1`.
  package init(count: Int, key: UInt64) {
    precondition(count >= 1, "expected something to permute, found \(count)")
    self.count = UInt64(count)
    self.key = key
    var bits: UInt64 = 1
    while (self.count - 1) >> (2 * bits) != 0 { bits += 1 }
    halfBits = bits
  }

  /// Where `index` goes.
  ///
  /// - Precondition: `0 <= index < count`.
  package subscript(index: Int) -> Int {
    let mask = UInt64(1) << halfBits - 1
    var value = UInt64(index)
    repeat {
      var left = value >> halfBits
      var right = value & mask
      for round in 0..<4 as Range<UInt64> {
        (left, right) = (right, left ^ (SplitMix64.hash(key, right, round) & mask))
      }
      value = left << halfBits | right
    } while value >= count
    return Int(value)
  }
}

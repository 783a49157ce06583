import Compute
import Kernels
import TestSupport
import Testing

/// Masks are judged as coin tosses: N elements kept with probability q number within 6 √(N q (1 - q)) of N q, except once in
/// 5 · 10⁸ keys.
@Suite(.timeLimit(.minutes(20))) struct DropoutTests {
  static let (rows, columns) = (200, 400)

  /// Which elements a mask keeps, row-major.
  static func kept(_ mask: Dropout.Mask) -> [Bool] {
    (0..<rows * columns).map { mask.factor(row: $0 / columns, column: $0 % columns) != 0 }
  }

  @Test(arguments: FreshSeed.some(2), [0.01, 0.1, 0.5, 0.9])
  func keepsItsShareAndScalesItUp(key: UInt64, probability: Double) {
    let mask = Dropout.Mask(key: key, site: 3, probability: Float(probability))
    let total = Self.rows * Self.columns
    let factors = (0..<total).map { mask.factor(row: $0 / Self.columns, column: $0 % Self.columns) }
    let scale = 1 / (1 - Float(probability))
    let areZeroOrScale = factors.allSatisfy { $0 == 0 || $0 == scale }
    #expect(areZeroOrScale)
    let kept = factors.filter { $0 != 0 }.count
    #expect(isBinomial(kept, of: total, probability: 1 - probability), "key \(key)")
    // Neighbours along a row and along a column are kept together as often as chance has it.
    for step in [1, 4, 16, Self.columns] {
      let both = (step..<total).filter { factors[$0] != 0 && factors[$0 - step] != 0 }.count
      let q = (1 - probability) * (1 - probability)
      // Overlapping pairs are dependent: their variance is below 3 N q (1 - q).
      let deviation = (3 * Double(total) * q * (1 - q)).squareRoot()
      #expect(abs(Double(both) - Double(total - step) * q) <= 6 * deviation, "key \(key), step \(step)")
    }
  }

  @Test(arguments: FreshSeed.some(3))
  func isAPureFunctionOfKeySiteRowAndColumn(key: UInt64) {
    let mask = Dropout.Mask(key: key, site: 1, probability: 0.5)
    let kept = Self.kept(mask)
    #expect(firstDifference(Self.kept(Dropout.Mask(key: key, site: 1, probability: 0.5)), kept) == nil)
    for first in [0, 1, 57] {
      let shifted = mask.from(row: first)
      let also = Dropout.Mask(key: key, site: 1, probability: 0.5, firstRow: first)
      for row in 0..<20 {
        for column in [0, 1, 15, 16, 399] {
          let factor = mask.factor(row: first + row, column: column)
          #expect(shifted.factor(row: row, column: column) == factor, "key \(key)")
          #expect(also.factor(row: row, column: column) == factor, "key \(key)")
        }
      }
    }
    // Another key or site agrees in half of the elements.
    for other in [
      Dropout.Mask(key: key + 1, site: 1, probability: 0.5), Dropout.Mask(key: key, site: 2, probability: 0.5),
      Dropout.Mask(key: key ^ 1 << 40, site: 1, probability: 0.5), mask.from(row: Self.rows),
    ] {
      let agreeing = pairs(Self.kept(other), kept).filter { $0 == $1 }.count
      #expect(isBinomial(agreeing, of: kept.count, probability: 0.5), "key \(key)")
    }
  }

  @Test func probabilityZeroKeepsAllUnscaled() {
    let mask = Dropout.Mask(key: 1, site: 1, probability: 0)
    let keepsAll = (0..<1_000).allSatisfy { mask.factor(row: $0, column: 3 * $0) == 1 }
    #expect(keepsAll)
  }

  /// A larger probability drops what a smaller one drops, and more: one bit pattern, two thresholds.
  @Test func masksOfOneKeyAreNested() {
    let few = Self.kept(Dropout.Mask(key: 5, site: 0, probability: 0.2))
    let many = Self.kept(Dropout.Mask(key: 5, site: 0, probability: 0.6))
    let areNested = pairs(few, many).allSatisfy { $0 || !$1 }
    #expect(areNested)
  }
}

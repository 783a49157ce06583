import Compute

/// The constants that error bounds are made of.
enum Roundoff {
  /// The relative error of one fp32 operation, at most: half a unit in the last of 24 places.
  static let fp32 = 0x1p-24

  /// What flushing one denormal to zero can lose; `vdpbf16ps` does that to operands and sums, `quill_exp` to results.
  static let flush = 0x1p-126

  /// γₙ = n·u / (1 - n·u): the relative error of n fp32 operations in a row, at most (Higham 2002, §3.1).
  ///
  /// A sum of n products, in any order and with or without fused multiply-adds, is off by at most γₙ · Σ|a||b|.
  static func gamma(_ count: Int) -> Double {
    let error = Double(count) * fp32
    return error / (1 - error)
  }

  /// The relative error of storing an fp32 number in a format: bf16 keeps 8 places.
  static func storing(_ precision: Precision) -> Double { precision == .fp32 ? 0 : 0x1p-8 }

  /// Operations behind each term of a row's sum of n numbers in 16 lanes: those of its lane, the product, the fold of the lanes.
  static func vectorSum(_ count: Int) -> Int { (count + 15) / 16 + 5 }
}

/// The first element that is farther from the expected one than its bound, in words; nil where all are near. NaN is far.
func excess(_ found: [Double], over expected: [Double], bound: (Int) -> Double) -> String? {
  guard found.count == expected.count else { return "\(found.count) elements, expected \(expected.count)" }
  for index in found.indices where !(abs(found[index] - expected[index]) <= bound(index)) {
    return "element \(index): found \(found[index]), expected \(expected[index]) ± \(bound(index))"
  }
  return nil
}

func excess(_ found: some Sequence<Float>, over expected: [Double], bound: (Int) -> Double) -> String? {
  excess(found.map(Double.init), over: expected, bound: bound)
}

extension [Double] {
  var magnitudes: [Double] { map(abs) }
}

extension [Float] {
  var doubles: [Double] { map(Double.init) }

  /// The values as a format stores them.
  func rounded(to precision: Precision) -> [Float] {
    precision == .fp32 ? self : map { BFloat16($0).float }
  }

  var areFinite: Bool { allSatisfy(\.isFinite) }

  /// The bits, for comparisons in which -0 is not 0 and a NaN is itself.
  var bits: [UInt32] { map(\.bitPattern) }
}

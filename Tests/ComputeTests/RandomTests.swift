import Foundation
import TestSupport
import Testing

@testable import Compute

struct RandomTests {
  /// Known answers from Random123's `kat_vectors` for philox4x32-10.
  @Test func philoxGivesTheKnownAnswers() {
    let answers: [(key: UInt64, counter: SIMD4<UInt32>, bits: SIMD4<UInt32>)] = [
      (0, SIMD4(repeating: 0), SIMD4(0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8)),
      (.max, SIMD4(repeating: .max), SIMD4(0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd)),
      (
        0x299f_31d0_a409_3822, SIMD4(0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344),
        SIMD4(0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1)
      ),
    ]
    for answer in answers { #expect(Philox(key: answer.key)(answer.counter) == answer.bits) }
  }

  static func gaussians(_ count: Int, key: UInt64, stream: UInt32, deviation: Float = 1) -> [Float] {
    let values = GuardedMatrix(rows: 1, columns: count, .fp32)
    Gaussian.fill(
      values.floatPointer, count: count, standardDeviation: deviation, key: key, stream: stream)
    #expect(values.isIntact)
    return values.floats
  }

  /// Sample moments within 6 standard errors: those of z, z², z³, z⁴ have variances 1, 2, 15, 96.
  @Test(arguments: FreshSeed.some(2))
  func gaussianMomentsAreThoseOfANormal(key: UInt64) {
    let count = 100_000
    let z = Self.gaussians(count, key: key, stream: 1, deviation: 0.02).map { Double($0) / 0.02 }
    for (power, expected, variance) in [(1, 0.0, 1.0), (2, 1, 2), (3, 0, 15), (4, 3, 96)] {
      let mean = z.reduce(0) { $0 + pow($1, Double(power)) } / Double(count)
      #expect(
        abs(mean - expected) <= 6 * (variance / Double(count)).squareRoot(), "key \(key), moment \(power)")
    }
    for (limit, share) in [(1.0, 0.317_310_5), (1.959_964, 0.05), (3.290_527, 0.001)] {
      let beyond = z.filter { abs($0) > limit }.count
      #expect(DropoutTests.isBinomial(beyond, of: count, probability: share), "key \(key), beyond \(limit)")
    }
    // Streams, and neighbours within one, are uncorrelated.
    let other = Self.gaussians(count, key: key, stream: 2).doubles
    let next = Array(z.dropFirst()) + [z[0]]
    for another in [other, next] {
      let correlation = zip(z, another).reduce(0) { $0 + $1.0 * $1.1 } / Double(count)
      #expect(abs(correlation) <= 6 / Double(count).squareRoot(), "key \(key)")
    }
  }

  @Test func aShorterFillIsAPrefixOfALongerOne() {
    let long = Self.gaussians(103, key: 9, stream: 4)
    for count in [0, 1, 2, 3, 4, 5, 102] {
      #expect(Self.gaussians(count, key: 9, stream: 4) == Array(long.prefix(count)))
    }
    #expect(Self.gaussians(103, key: 10, stream: 4) != long)
  }
}

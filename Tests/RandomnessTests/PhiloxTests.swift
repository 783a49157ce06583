import Foundation
import Randomness
import Testing

@Suite(.timeLimit(.minutes(20))) struct PhiloxTests {
  /// The known answers that come with Random123 (`kat_vectors`, philox4x32 with 10 rounds).
  @Test func blocksEqualPublishedOnes() {
    #expect(Philox(key: 0)([0, 0, 0, 0]) == [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8])
    #expect(
      Philox(key: .max)(SIMD4(repeating: .max)) == [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd])
    #expect(
      Philox(key: 0x299f_31d0_a409_3822)([0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344])
        == [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1])
  }

  @Test func streamsWithDifferentNamesDiffer() {
    func words(_ seed: UInt64, _ domain: UInt32, _ index: UInt64) -> [UInt32] {
      var stream = PhiloxStream(seed: seed, domain: domain, index: index)
      return (0..<8).map { _ in stream.next() }
    }
    let all = [words(1, 1, 1), words(2, 1, 1), words(1, 2, 1), words(1, 1, 2), words(1, 1, 1 << 32)]
    #expect(Set(all).count == all.count)
    #expect(words(1, 1, 1) == all[0])
  }

  /// A count of n draws with probability p lies within 5 standard deviations of n·p but for one run in 1.7 million;
  /// the stream is fixed, so the test cannot flicker.
  @Test(arguments: [2, 3, 7, 12, 4096] as [UInt32])
  func drawsAreUniform(bound: UInt32) {
    var stream = PhiloxStream(seed: 5, domain: 9, index: 0)
    let count = 20_000
    var below = 0
    for _ in 0..<count {
      let value = stream.below(bound)
      #expect(value < bound)
      if value < bound / 2 { below += 1 }
    }
    let p = Double(bound / 2) / Double(bound)
    let deviation = (Double(count) * p * (1 - p)).squareRoot()
    #expect(abs(Double(below) - Double(count) * p) < 5 * deviation)
  }

  /// Sample moments within 6 standard errors: those of z, z², z³, z⁴ have variances 1, 2, 15, 96.
  @Test func normalDrawsHaveTheMomentsOfANormal() {
    var stream = PhiloxStream(seed: 3, domain: 1, index: 0)
    let count = 50_000
    let z = (0..<count).map { _ in stream.normal() }
    for (power, expected, variance) in [(1, 0.0, 1.0), (2, 1, 2), (3, 0, 15), (4, 3, 96)] {
      let mean = z.reduce(0) { $0 + pow($1, Double(power)) } / Double(count)
      #expect(abs(mean - expected) <= 6 * (variance / Double(count)).squareRoot(), "moment \(power)")
    }
  }

  /// The mean of n uniform draws has standard deviation √(1/12n).
  @Test func unitDrawsAreUniform() {
    var stream = PhiloxStream(seed: 4, domain: 1, index: 0)
    let draws = (0..<50_000).map { _ in stream.unit() }
    #expect(draws.allSatisfy { $0 >= 0 && $0 < 1 })
    let mean = draws.reduce(0, +) / Double(draws.count)
    let bound = 6 * (1 / (12 * Double(draws.count))).squareRoot()
    #expect(abs(mean - 0.5) < bound)
  }
}

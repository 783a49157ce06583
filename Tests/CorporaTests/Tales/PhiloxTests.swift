import Testing

@testable import Corpora

struct PhiloxTests {
  /// The known answers that come with Random123 (`kat_vectors`, philox4x32 with 10 rounds).
  @Test func blocksEqualPublishedOnes() {
    #expect(
      Philox.block(counter: [0, 0, 0, 0], key: [0, 0]) == [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8])
    #expect(
      Philox.block(counter: SIMD4(repeating: UInt32.max), key: SIMD2(repeating: UInt32.max))
        == [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd])
    #expect(
      Philox.block(
        counter: [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344], key: [0xa409_3822, 0x299f_31d0])
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
}

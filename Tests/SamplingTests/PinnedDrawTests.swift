import Sampling
import TestSupport
import Testing

/// Tokens that earlier versions drew: a seed means the same text for good.
@Suite(.timeLimit(.minutes(20))) struct PinnedDrawTests {
  static let settings: [SamplingSettings] = [
    SamplingSettings(seed: 1), SamplingSettings(temperature: 1.3, topK: 40, seed: 2),
    SamplingSettings(temperature: 1, topP: 0.9, seed: 3),
    SamplingSettings(temperature: 0.7, minP: 0.05, seed: 4),
    SamplingSettings(temperature: 1.1, topK: 60, topP: 0.8, minP: 0.02, seed: 5),
  ]
  static let expected: [[Int32]] = [
    [296, 255, 213, 273, 7, 155, 49, 227, 227, 121, 62, 173],
    [87, 122, 33, 78, 126, 40, 161, 227, 251, 297, 132, 35],
    [83, 225, 216, 56, 292, 153, 293, 78, 281, 247, 165, 205],
    [185, 78, 213, 298, 36, 269, 182, 154, 276, 236, 40, 266],
    [108, 3, 176, 47, 66, 99, 165, 13, 298, 125, 15, 62],
  ]

  @Test func drawsAreThoseOfEarlierVersions() throws {
    for (index, settings) in Self.settings.enumerated() {
      var random = SeededGenerator(seed: 17)
      var sampler = Sampler(settings, vocabularySize: 300, stream: UInt64(index))
      var found: [Int32] = []
      for _ in 0..<12 {
        let logits = (0..<300).map { _ in Float(random.next() % 1000) / 125 }
        found.append(try logits.withUnsafeBufferPointer { try sampler.next($0) })
      }
      #expect(found == Self.expected[index], "settings \(index)")
    }
  }
}

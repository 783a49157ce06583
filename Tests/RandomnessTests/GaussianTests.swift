import Foundation
import Randomness
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(20))) struct GaussianTests {
  static func gaussians(_ count: Int, key: UInt64, stream: UInt32, deviation: Float = 1) -> [Float] {
    var values = [Float](repeating: 7, count: count + 1)
    values.withUnsafeMutableBufferPointer {
      Gaussian.fill($0.baseAddress!, count: count, standardDeviation: deviation, key: key, stream: stream)
    }
    #expect(values.last == 7, "nothing is written behind the last")
    return Array(values.dropLast())
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
      #expect(isBinomial(beyond, of: count, probability: share), "key \(key), beyond \(limit)")
    }
    // Streams, and neighbours within one, are uncorrelated.
    let other = Self.gaussians(count, key: key, stream: 2).map(Double.init)
    let next = Array(z.dropFirst()) + [z[0]]
    for another in [other, next] {
      let correlation = pairs(z, another).reduce(0) { $0 + $1.0 * $1.1 } / Double(count)
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

import TestSupport
import Testing

@Suite(.timeLimit(.minutes(20))) struct RelativeErrorTests {
  typealias Measure = @Sendable ([Float], [Double]) -> Double
  static let measures: [(name: String, of: Measure)] = [
    ("error", { relativeError($0, $1) }), ("distance", { relativeDistance($0, $1) }),
  ]

  @Test(arguments: measures.indices) func arraysThatCannotBeComparedPassNoBound(measure: Int) {
    let measure = Self.measures[measure].of
    let cases: [([Float], [Double])] = [
      ([], []), ([], [1]), ([1], []), ([1], [1, 2]), ([1, 2], [1]), ([.nan], [1]), ([1], [.nan]),
      ([.nan], [.nan]),
      ([.infinity], [1]), ([1], [.infinity]), ([.infinity], [.infinity]), ([1, -.infinity], [1, 1]),
    ]
    for (found, expected) in cases {
      #expect(!(measure(found, expected) < .greatestFiniteMagnitude), "\(found), \(expected)")
    }
  }

  @Test func theLargestDifferenceIsAShareOfTheLargestExpected() {
    #expect(relativeError([1, 2, -4] as [Float], [1, 1, -4] as [Double]) == 0.25)
    #expect(relativeError([0, 0.5] as [Float], [0, 0] as [Double]) == 0.5)
    #expect(relativeError([3] as [Float], [3] as [Float]) == 0)
  }

  @Test func theDistanceIsAShareOfTheExpectedNorm() {
    #expect(relativeDistance([3, 0] as [Float], [3, 4] as [Double]) == 0.8)
    #expect(relativeDistance([3, 4] as [Float], [0, 0] as [Double]) == 5)
  }
}

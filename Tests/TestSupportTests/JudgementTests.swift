import TestSupport
import Testing

/// What judges results must itself refuse wrong ones.
@Suite(.timeLimit(.minutes(20))) struct JudgementTests {
  @Test func pairsOfUnlikeCountsFail() {
    withKnownIssue { #expect(pairs([1, 2], [1]).count == 1) }
    withKnownIssue { #expect(pairs([Int](), [1]).isEmpty) }
    #expect(pairs([1, 2], ["a", "b"]).map(\.1) == ["a", "b"])
  }

  @Test func theFirstDifferenceIsNamed() {
    #expect(firstDifference([1, 2], [1, 2]) == nil)
    #expect(firstDifference([1, 3], [1, 2]) == "element 1: found 3, expected 2")
    #expect(firstDifference([1], [1, 2]) == "1 elements, expected 2")
    #expect(firstDifference([Double.nan], [.nan]) != nil)
  }

  @Test func wrongGradientsAreFound() {
    let x = [0.3, -1.2]
    let square = { (x: [Double]) in x[0] * x[0] + 3 * x[1] }
    #expect(gradientMismatches(at: x, gradient: [0.6, 3], of: square).isEmpty)
    #expect(gradientMismatches(at: x, gradient: [0.6, 3.001], of: square).map(\.coordinate) == [1])
    #expect(gradientMismatches(at: x, gradient: [.nan, .infinity], of: square).count == 2)
    #expect(gradientMismatches(at: x, gradient: [0.6, 3]) { _ in .nan }.count == 2)
  }

  @Test func sharesOfDrawsAreJudgedBySixDeviations() {
    #expect(isBinomial(500, of: 1_000, probability: 0.5))
    #expect(!isBinomial(600, of: 1_000, probability: 0.5))
    #expect(!isBinomial(0, of: 0, probability: 0.5))
    #expect(!isBinomial(500, of: 1_000, probability: .nan))
  }
}

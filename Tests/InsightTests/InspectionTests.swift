import Compute
import Foundation
import Storage
import TestSupport
import Testing
import Tokenization
import Training
import Transformer

@testable import Insight

/// What inspection measures, against PyTorch's numbers (`TransformerTests/Goldens/make_observation_goldens.py`) and by itself.
@Suite(.timeLimit(.minutes(20))) struct InspectionTests {
  /// A golden's model and its windows.
  private struct Example {
    let golden: GoldenTensors
    let model: Model
    let step: TrainingStep
    let inputs: [Int32]
    let targets: [Int32]

    init(_ name: String) throws {
      golden = try GoldenTensors.observation(name)
      let folder = GoldenTensors.transformerFolder(name)
      model = try ModelFolder(folder).model(differentiableIn: .fp32, pool: startedPool(threadCount: 2))
      let tokens = try GoldenTensors("\(folder)/golden.safetensors")
      (inputs, targets) = try (tokens.integers("inputs"), tokens.integers("targets"))
      let length = try tokens.shape("inputs")[1]
      step = TrainingStep(model: model, batchSize: inputs.count / length, length: length)
    }

    var batch: TokenBatch {
      TokenBatch(
        inputs: inputs, targets: targets, length: step.length,
        vocabularySize: model.configuration.vocabularySize)
    }
    var rows: [Int] { targets.indices.filter { targets[$0] >= 0 } }
  }

  /// Weights are off by ε = 2e-4 of themselves (`ObservationTests.weightTolerance`), so -Σ p ln p by ε(entropy + 1) at most.
  @Test(arguments: CalibrationTests.goldens) func headsEqualPyTorch(name: String) throws {
    let example = try Example(name)
    var tally = HeadTally(example.model.configuration)
    tally.add(example.step.observe(example.batch), rows: example.rows, pool: example.model.pool)
    let found = tally.scores()
    let entropy = try example.golden.floats("entropy").map(Double.init)
    let previous = try example.golden.floats("previous").map(Double.init)
    let first = try example.golden.floats("first").map(Double.init)
    #expect(found.heads.count == entropy.count)
    for (index, head) in found.heads.enumerated() {
      #expect(head.layer * example.model.configuration.headCount + head.head == index)
      #expect(abs(head.entropy - entropy[index]) <= 2e-4 * (entropy[index] + 1))
      #expect(abs(head.previousToken - previous[index]) <= 2e-4)
      #expect(abs(head.firstToken - first[index]) <= 2e-4)
      #expect(head.entropy <= found.uniformEntropy)
    }
  }

  /// With E = δG, |E| ≤ √(elements) · 1e-4 · max|G|, Weyl's inequality gives |δλ| ≤ (2|G||E| + |E|²) / n, and |G| = √(n λ₁).
  @Test(arguments: CalibrationTests.goldens) func eigenvaluesEqualPyTorch(name: String) throws {
    let example = try Example(name)
    var tally = OuterProductTally(width: example.model.configuration.width)
    tally.add(example.step.embeddingGradients(of: example.batch), rows: example.rows)
    let found = try #require(tally.result())
    let expected = try example.golden.doubles("eigenvalues")
    let gradients = try example.golden.floats("gradients").map(Double.init)
    let n = Double(example.rows.count)
    let error = Double(gradients.count).squareRoot() * 1e-4 * gradients.map(abs).max()!
    let bound = (2 * (n * expected[0]).squareRoot() * error + error * error) / n
    #expect(found.positionCount == example.rows.count && found.eigenvalues.count == expected.count)
    for (a, b) in zip(found.eigenvalues, expected) { #expect(abs(a - b) <= bound) }
    // The trace is the mean square of a gradient.
    let squares = example.rows.reduce(0.0) { sum, row in
      let width = expected.count
      return sum + gradients[row * width..<(row + 1) * width].reduce(0) { $0 + $1 * $1 }
    }
    #expect(abs(found.trace - squares / n) <= Double(expected.count) * bound)
    let rank = try #require(found.effectiveRank)
    #expect(rank >= 1 && rank <= Double(expected.count))
    #expect(found.share(ofLargest: expected.count) == 1)
  }

  @Test func eigenvaluesOfAKnownMatrix() throws {
    // [[2, 1], [1, 2]] has 1 and 3; LAPACK is off by a few units in the last place of the largest.
    let found = try #require(OuterProductTally.eigenvalues(ofUpper: [2, 0, 1, 2], 2))
    #expect(abs(found[0] - 1) <= 8 * 0x1p-52 && abs(found[1] - 3) <= 8 * 0x1p-52)
    #expect(OuterProductTally.eigenvalues(ofUpper: [.nan, 0, 0, 1], 2) == nil)
    let spread = GradientOuterProduct(eigenvalues: [1, 1, 0, 0], positionCount: 4)
    #expect(try abs(#require(spread.effectiveRank) - 2) <= 8 * 0x1p-52 && spread.share(ofLargest: 1) == 0.5)
    #expect(GradientOuterProduct(eigenvalues: [0, 0], positionCount: 0).effectiveRank == nil)
  }

  /// One row sums the weights on what followed its token in every earlier repeat.
  @Test func inductionLooksOneBehindEveryEarlierRepeat() throws {
    let example = try Example("llama-tied")
    let period = 3
    let tokens = (0..<9).map { Int32(5 + $0 % period) }
    let step = TrainingStep(model: example.model, batchSize: 1, length: 9)
    let seen = step.observe(
      TokenBatch(inputs: tokens, targets: tokens.map { _ in -1 }, length: 9, vocabularySize: 37))
    var sums = [Double](repeating: 0, count: 8)
    InductionScores.add(seen, period: period, pool: example.model.pool, to: &sums)
    for layer in 0..<2 {
      for head in 0..<4 {
        var expected = 0.0
        for row in period..<9 {
          var weights = [Float](repeating: 0, count: 9)
          weights.withUnsafeMutableBufferPointer {
            seen.attention(layer: layer, head: head, row: row, into: $0)
          }
          for key in 0..<row where tokens[max(0, key - 1)] == tokens[row] && key > 0 {
            expected += Double(weights[key])
          }
        }
        #expect(abs(sums[layer * 4 + head] - expected) <= 1e-12)
      }
    }
  }

  @Test func tensorsAreSummedUpAndWhatIsNotANumberIsCounted() {
    let values: [Float] = [3, -4, .nan, .infinity]
    let summary = values.withUnsafeBufferPointer { TensorSummary(name: "w", shape: [2, 2], values: $0) }
    #expect(summary.norm == 5 && summary.largest == 4 && summary.nonFiniteCount == 2 && summary.count == 4)
    #expect(summary.rootMeanSquare == 5 / 2.0.squareRoot())
  }
}

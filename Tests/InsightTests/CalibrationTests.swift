import Compute
import Foundation
import Kernels
import TestSupport
import Testing
import Transformer

@testable import Insight

/// Calibration and losses by position against PyTorch's numbers (`TransformerTests/Goldens/make_observation_goldens.py`).
@Suite(.timeLimit(.minutes(20))) struct CalibrationTests {
  static let goldens = [
    "gpt2-tied", "gpt2-untied", "gpt2-without-bias", "llama-tied", "llama-untied-one-head-group", "qwen3-tied",
    "qwen3-untied",
  ]

  /// The windows of a golden, in passes of `batch`, the last of which is filled up with empty windows.
  private func tally(
    _ name: String, batch: Int, threads: Int = 2
  ) throws -> (calibration: CalibrationTally, positions: PositionLosses) {
    let golden = try GoldenTensors.observation(name)
    let (inputs, targets) = try (golden.integers("curve_inputs"), golden.integers("curve_targets"))
    let length = try golden.shape("curve_inputs")[1]
    let model = try ModelFolder(GoldenTensors.transformerFolder(name))
      .model(weights: .fp32, pool: startedPool(threadCount: threads))
    let step = TrainingStep(model: model, batchSize: batch, length: length)
    var calibration = CalibrationTally()
    var positions = PositionLosses(length: length)
    let windows = inputs.count / length
    for first in stride(from: 0, to: windows, by: batch) {
      let rows = (first * length..<(first + batch) * length)
      let tokens = TokenBatch(
        inputs: rows.map { $0 < inputs.count ? inputs[$0] : 0 },
        targets: rows.map { $0 < inputs.count ? targets[$0] : -1 }, length: length,
        vocabularySize: model.configuration.vocabularySize)
      _ = step.evaluate(tokens)
      calibration.add(step, tokens, min(batch, windows - first))
      positions.add(step, tokens, min(batch, windows - first))
    }
    return (calibration, positions)
  }

  /// Logits are off by δ = 1e-5 of the largest (`FastModelTests.logitTolerance`), below 20 on these models, so losses by 2δ at
  /// temperature 1 and less above it. The slope of the loss by u = -ln T, β · (mean - z[target]), is off by 2βδ(1 + β · range of
  /// the logits), and the minimum by that over the least curvature; the polynomial's own error is (h / 2)⁶ / 720 of the sixth
  /// derivative, and of its slope 6 (h / 2)⁵ / 720 · 2.
  @Test(arguments: goldens) func temperatureAndReliabilityEqualPyTorch(name: String) throws {
    let golden = try GoldenTensors.observation(name)
    let curve = try golden.doubles("curve")
    let (temperature, best, plain, error) = (curve[0], curve[1], curve[2], curve[3])
    let (sixth, second) = (curve[4], curve[5])
    let found = try #require(try tally(name, batch: 48).calibration.result())

    let (delta, range, half) = (1e-5 * 20, 40.0, TemperatureCurve.spacing / 2)
    let polynomial = pow(half, 6) / 720 * sixth
    #expect(abs(found.curve.loss - plain) <= 2 * delta)
    #expect(abs(found.best.loss - best) <= 2 * delta + polynomial)
    let slopeError =
      2 * delta / temperature * (1 + range / temperature) + 12 * pow(half, 5) / 720 * sixth
    #expect(abs(log(found.best.temperature / temperature)) <= slopeError / second)
    #expect(!found.best.isAtEdge && found.best.loss <= found.curve.loss)

    let bins = try golden.floats("bins")
    #expect(found.bins.map(\.count) == (0..<CalibrationTally.binCount).map { Int(bins[3 * $0]) })
    for (index, bin) in found.bins.enumerated() {
      // A probability is off by twice the error of a logit, relative to itself.
      #expect(abs(bin.confidence - Double(bins[3 * index + 1])) <= 2 * delta)
      #expect(abs(bin.accuracy - Double(bins[3 * index + 2])) <= 0x1p-24)
    }
    #expect(abs(found.expectedError - error) <= 2 * delta)
  }

  @Test func batchAndThreadsChangeNoBit() throws {
    let expected = try #require(try tally("llama-tied", batch: 48, threads: 1).calibration.result())
    for (batch, threads) in [(1, 1), (5, 2), (7, 3)] {
      let found = try #require(try tally("llama-tied", batch: batch, threads: threads).calibration.result())
      #expect(found.best.temperature == expected.best.temperature && found.best.loss == expected.best.loss)
      #expect(found.expectedError == expected.expectedError && found.tokens == expected.tokens)
    }
  }

  /// A model of two logits 0 and -z whose first token is right so many times out of ten: the best temperature is z / ln(p / (1 - p)),
  /// in closed form.
  ///
  /// With w = βz below 3, |d⁶F/du⁶| ≤ Σ S(6, k) wᵏ |F⁽ᵏ⁾(w)| < 1,000 for Stirling's numbers S and the sigmoid's derivatives, and the
  /// curvature at the minimum is above 0.1.
  @Test(arguments: [(2.0, 7), (1.0, 7), (3.0, 9), (0.5, 8)])
  func theMinimumIsTheOneInClosedForm(z: Double, right: Int) {
    var points = [TemperatureCurve.Point](repeating: .init(), count: 33)
    for (index, beta) in TemperatureCurve.inverseTemperatures.enumerated() {
      var sums = TemperedSoftmax.Sums()
      let e = exp(-beta * z)
      (sums.sum, sums.first, sums.second) = (1 + e, -z * e, z * z * e)
      for number in 0..<10 { points[index].add(sums, at: beta, number < right ? 0 : -z) }
    }
    let p = Double(right) / 10
    let found = TemperatureCurve(points, count: 10).minimum()
    let beta = log(p / (1 - p)) / z
    let sixth = 1_000.0
    #expect(
      abs(log(found.temperature * beta)) <= 12 * pow(TemperatureCurve.spacing / 2, 5) / 720 * sixth / 0.1)
    let loss = -p * log(p) - (1 - p) * log(1 - p)
    #expect(abs(found.loss - loss) <= pow(TemperatureCurve.spacing / 2, 6) / 720 * sixth)
  }

  /// Slope and curvature are those of the value: second-order differences are off by a sixth and a twelfth of step² times the third and
  /// fourth derivative, which are below 1,000 here, and by rounding.
  @Test func slopeAndCurvatureAreDerivativesOfTheLoss() {
    let logits: [Double] = [0, -0.7, -1.9, -2.5, -6]
    func point(_ u: Double) -> TemperatureCurve.Point {
      var (sums, point) = (TemperedSoftmax.Sums(), TemperatureCurve.Point())
      for z in logits {
        let e = exp(exp(u) * z)
        sums.sum += e
        sums.first += e * z
        sums.second += e * z * z
      }
      point.add(sums, at: exp(u), -2.5)
      return point
    }
    let step = 1e-4
    for u in [-1.3, -0.2, 0, 0.9] {
      let (before, here, after) = (point(u - step), point(u), point(u + step))
      #expect(abs((after.value - before.value) / (2 * step) - here.slope) <= 1_000 * step * step)
      #expect(abs((after.slope - before.slope) / (2 * step) - here.curvature) <= 1_000 * step * step)
    }
  }

  @Test func aMinimumOutsideIsSaidToBeAtTheEdge() {
    func curve(_ slope: Double) -> TemperatureCurve {
      TemperatureCurve(
        TemperatureCurve.inverseTemperatures.indices.map {
          TemperatureCurve.Point(value: slope * Double($0), slope: slope, curvature: 0)
        }, count: 1)
    }
    #expect(curve(1).minimum().isAtEdge && abs(curve(1).minimum().temperature - 4) < 1e-12)
    #expect(curve(-1).minimum().isAtEdge && abs(curve(-1).minimum().temperature - 0.25) < 1e-12)
  }

  @Test func positionsAddUpToTheLossOfTheWindows() throws {
    let (calibration, positions) = try tally("gpt2-tied", batch: 5)
    #expect(positions.bins.map(\.seen) == [1...1, 2...2, 3...4, 5...8, 9...9])
    #expect(positions.bins.map(\.tokens) == [48, 48, 96, 192, 48])
    let loss = positions.bins.reduce(0) { $0 + $1.mean * Double($1.tokens) } / 432
    // fp32 losses against the same ones in Double: a few units in the last place of logits below 20.
    #expect(try abs(loss - #require(calibration.result()).curve.loss) <= 20 * 8 * 0x1p-24)
    #expect(positions.bins.allSatisfy { $0.standardError > 0 })
  }

  @Test func positionsCountFromTheDocument() throws {
    let model = try ModelFolder(GoldenTensors.transformerFolder("gpt2-tied"))
      .model(weights: .fp32, pool: startedPool(threadCount: 1))
    let step = TrainingStep(model: model, batchSize: 1, length: 8)
    let batch = TokenBatch(
      inputs: Array(1...8), targets: Array(2...9), documentStarts: [0, 0, 0, 3, 3, 3, 3, 7], length: 8,
      vocabularySize: 37)
    _ = step.evaluate(batch)
    var positions = PositionLosses(length: 8)
    positions.add(step, batch, 1)
    #expect(positions.bins.map(\.tokens) == [3, 2, 3])
  }
}

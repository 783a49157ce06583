import Compute
import Foundation
import Kernels
import TestSupport
import Testing

/// Softmax cross-entropy against the reference in Double.
///
/// Each x - max is off by u of itself and its exponential by 2 ulp more; a sum of V of them adds γ(n), n = `vectorSum(V)`.
/// The logarithm turns the sum's relative error into an absolute one:
///
///     δlse ≤ u (Σ p |x - max| + n + 6 + 2 |max| + 2 |lse|),   δp ≤ p (u (|x - max| + 4) + δlse')
@Suite(.timeLimit(.minutes(20))) struct CrossEntropyTests {
  static let vocabularies = [1, 2, 15, 16, 17, 65, 1_000]

  @Test(arguments: vocabularies, [1.0, 30, 1e4])
  func lossAndGradientMatchReference(vocabulary V: Int, scale: Double) {
    let rows = 7
    let weight = 0.125
    var random = SeededGenerator(seed: UInt64(V))
    var targets = random.tokens(rows, below: V)
    targets[2] = -1
    targets[6] = -1
    let values: [Float] = random.values(rows * V, scale: scale)
    let logits = GuardedMatrix(rows: rows, columns: V, .fp32, values: values)
    let stride = logits.matrix.rowStride
    let losses = GuardedMatrix(rows: 1, columns: rows, .fp32)
    CrossEntropy.forward(
      rows: rows, V, logits: logits.floatPointer, stride: stride, targets: targets,
      losses: losses.floatPointer)

    let exact = values.doubles
    let expected = Reference.crossEntropy(exact, targets: targets, vocabulary: V)
    let gradient = Reference.crossEntropyBackward(exact, targets: targets, vocabulary: V, dLoss: weight)
    let u = Roundoff.fp32
    let n = Double(Roundoff.vectorSum(V))
    struct Row {
      var sumError = 0.0
      var lossError = 0.0
      var probabilities: [Double] = []
      var distances: [Double] = []
    }
    let bounds = (0..<rows).map { row in
      let x = Array(exact[row * V..<(row + 1) * V])
      let largest = x.max()!
      let sum = x.reduce(0) { $0 + exp($1 - largest) }
      let lse = largest + log(sum)
      let p = x.map { exp($0 - lse) }
      let distances = x.map { largest - $0 }
      let sumError = u * (pairs(p, distances).reduce(0) { $0 + $1.0 * min($1.1, 90) } + n + 6)
      let target = targets[row] < 0 ? 0 : abs(x[Int(targets[row])])
      return Row(
        sumError: sumError, lossError: sumError + u * (2 * abs(largest) + 2 * abs(lse) + target),
        probabilities: p, distances: distances)
    }
    #expect(excess(losses.values, over: expected) { bounds[$0].lossError } == nil)
    #expect(losses.values[2] == 0 && losses.values[6] == 0)

    for precision in Precision.allCases {
      let (again, found) = (
        GuardedMatrix(rows: 1, columns: rows, .fp32), GuardedMatrix(rows: rows, columns: V, precision)
      )
      CrossEntropy.forwardBackward(
        rows: rows, V, logits: logits.floatPointer, stride: stride, targets: targets, scale: Float(weight),
        losses: again.floatPointer, gradient: found.matrix)
      #expect(firstDifference(again.floats.bits, losses.floats.bits) == nil)
      let gradientExcess = excess(found.values, over: gradient) { index in
        let (row, column) = (index / V, index % V)
        if targets[row] < 0 { return 0 }
        let p = bounds[row].probabilities[column]
        let relative = u * (min(bounds[row].distances[column], 90) + 10) + bounds[row].sumError
        let isTarget = column == Int(targets[row])
        let error = weight * (p * relative + (isTarget ? 2 * u : 0)) + Roundoff.flush
        return error + Roundoff.storing(precision) * (abs(gradient[index]) + error)
      }
      #expect(gradientExcess == nil, "\(precision)")
      #expect(logits.isUnchanged && losses.isIntact && again.isIntact && found.isIntact)
    }

    // In place: the gradient may overwrite the logits.
    let separate = GuardedMatrix(rows: rows, columns: V, .fp32)
    let inPlace = GuardedMatrix(rows: rows, columns: V, .fp32, values: values)
    for (source, target) in [(logits, separate), (inPlace, inPlace)] {
      CrossEntropy.forwardBackward(
        rows: rows, V, logits: source.floatPointer, stride: stride, targets: targets, scale: Float(weight),
        losses: losses.floatPointer, gradient: target.matrix)
    }
    #expect(firstDifference(inPlace.floats.bits, separate.floats.bits) == nil && inPlace.isIntact)
  }

  /// Logits near the ends of fp32: no overflow where the answer is finite, and rows that do not count stay zero.
  @Test func hugeLogitsHaveFiniteLosses() {
    let huge: Float = 1e38
    let logits: [Float] = [huge, -huge, 0, -huge, -huge, -huge, huge, huge, huge]
    var losses = [Float](repeating: .nan, count: 3)
    for (targets, expected) in [
      ([0, 1, 2], [0, Float(log(3.0)), Float(log(3.0))]), ([2, -1, 0], [huge, 0, nil]),
    ] {
      let gradient = GuardedMatrix(rows: 3, columns: 3, .fp32)
      CrossEntropy.forwardBackward(
        rows: 3, 3, logits: logits, stride: 3, targets: targets.map(Int32.init), scale: 1, losses: &losses,
        gradient: gradient.matrix)
      for (loss, expected) in pairs(losses, expected) {
        // At ±1e38 the spacing of fp32 swallows ln 3.
        if let expected { #expect(loss == expected || abs(loss - expected) <= Float(log(3.0))) }
      }
      #expect(gradient.floats.areFinite && losses.areFinite)
    }
  }

  @Test func aNaNLogitGivesANaNLoss() {
    var losses: [Float] = [0]
    for place in [0, 5, 16, 19] {
      var logits = [Float](repeating: 1, count: 20)
      logits[place] = .nan
      CrossEntropy.forward(rows: 1, 20, logits: logits, stride: 20, targets: [3], losses: &losses)
      #expect(losses[0].isNaN, "NaN at \(place)")
    }
  }
}

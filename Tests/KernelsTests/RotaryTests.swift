import Compute
import Kernels
import TestSupport
import Testing

/// Rotation of heads against the reference in Double.
///
/// The frequency and the angle are rounded to fp32, so an angle is off by 2u of itself; cosine, sine, two products and a sum
/// add 4u: |error| ≤ (2 · angle + 4) u (|a| + |b|), plus the rounding of what is stored.
@Suite(.timeLimit(.minutes(20))) struct RotaryTests {
  @Test(arguments: [2, 4, 6, 20, 32, 34, 64, 128], Precision.allCases)
  func rotationMatchesReference(headSize: Int, precision: Precision) {
    let (heads, length, theta) = (3, 1_000, 10_000.0)
    let positions = [0, 1, 2, 63, 500, 999]
    let half = headSize / 2
    var random = SeededGenerator(seed: UInt64(headSize))
    let values: [Float] = random.values(positions.count * heads * headSize, scale: 2)
    let matrix = GuardedMatrix(
      rows: positions.count, columns: heads * headSize, precision, values: values)
    let before = matrix.values
    let rotary = Rotary(headSize: headSize, length: length, theta: Float(theta))
    for (row, position) in positions.enumerated() {
      rotary.rotate(matrix.matrix.at(row: row), headCount: heads, position: position)
    }

    let expected = Reference.rotary(
      before, positions: positions, heads: heads, headSize: headSize, theta: theta)
    let store = Roundoff.storing(precision)
    /// |a| + |b| of the pair that an element belongs to.
    func pair(_ index: Int) -> Double {
      let channel = index % headSize
      return abs(before[index]) + abs(before[channel < half ? index + half : index - half])
    }
    let rotated = excess(matrix.values, over: expected) { index in
      let frequency = Double.power(theta, -2 * Double(index % half) / Double(headSize))
      let angle = Double(positions[index / (heads * headSize)]) * frequency
      let error = (2 * angle + 4) * Roundoff.fp32 * pair(index)
      return error + store * (abs(expected[index]) + error)
    }
    #expect(rotated == nil)

    // The way back has the same tables, so the angles' errors cancel; each way rounds once more for storage.
    for (row, position) in positions.enumerated() {
      rotary.rotate(matrix.matrix.at(row: row), headCount: heads, position: position, inverse: true)
    }
    #expect(excess(matrix.values, over: before) { (12 * Roundoff.fp32 + 3 * store) * pair($0) } == nil)
    #expect(matrix.isIntact)
  }

  @Test func positionZeroChangesNothing() {
    var random = SeededGenerator(seed: 1)
    let values: [Float] = random.values(2 * 20)
    let matrix = GuardedMatrix(rows: 1, columns: 40, .fp32, values: values)
    Rotary(headSize: 20, length: 1, theta: 500_000).rotate(matrix.matrix, headCount: 2, position: 0)
    #expect(matrix.isUnchanged)
  }
}

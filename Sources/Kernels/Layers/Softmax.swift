import CVector

// SAFETY: logits are read within the buffer's count; the last vector is loaded in part.

/// What choosing a token needs of all logits, in a few passes over them that each take a fraction of a microsecond.
///
/// The weight of a logit is exp((logit - maximum) / T), in fp32: within 10⁻⁵ of itself.
package enum Softmax {
  /// The largest logit, the lowest index where several are; and whether all are below +∞, which NaN is not.
  ///
  /// - Precondition: there is one.
  package static func maximum(_ logits: UnsafeBufferPointer<Float>) -> (index: Int, isOrdered: Bool) {
    let base = logits.baseAddress!
    var largest = SIMD16<Float>(repeating: -.infinity)
    var ordered = SIMD16<Float>.zero .>= (.zero)
    forEachVector(logits.count) { c, lanes in
      let value = lanes.keep(Float.load(base + c, lanes), else: -.infinity)
      largest = quill_max(largest, value)
      ordered .&= value .< SIMD16(repeating: .infinity)
    }
    let maximum = quill_max_lane(largest)
    var index = 0
    while index + 16 < logits.count, !any(Float.load(base + index) .== SIMD16(repeating: maximum)) {
      index += 16
    }
    while index + 1 < logits.count, logits[index] != maximum { index += 1 }
    return (index, all(ordered))
  }

  /// The index at which the running sum of weights passes `u` times their total.
  ///
  /// - Precondition: the maximum is a number, and the largest of the logits.
  package static func draw(
    _ u: Double, _ logits: UnsafeBufferPointer<Float>, maximum: Float, inverseTemperature: Float
  ) -> Int {
    let base = logits.baseAddress!
    let blockCount = (logits.count + blockSize - 1) / blockSize
    return withUnsafeTemporaryAllocation(of: Float.self, capacity: blockCount) { sums in
      var total = 0.0
      for block in 0..<blockCount {
        let start = block * blockSize
        sums[block] = blockWeight(
          base + start, min(blockSize, logits.count - start), maximum, inverseTemperature)
        total += Double(sums[block])
      }
      let target = u * total
      var running = 0.0
      var last = 0
      for block in 0..<blockCount where sums[block] > 0 {
        let isHere = running + Double(sums[block]) > target
        if isHere || !sums[(block + 1)...].contains(where: { $0 > 0 }) {
          for start in stride(from: block * blockSize, to: min(logits.count, (block + 1) * blockSize), by: 16) {
            let lanes = Lanes(count: min(16, logits.count - start))
            let weights = lanes.keep(
              quill_exp((Float.load(base + start, lanes) - maximum) * inverseTemperature))
            for lane in 0..<lanes.count where weights[lane] > 0 {
              running += Double(weights[lane])
              last = start + lane
              if running > target { return last }
            }
          }
          // The sum of a block, lane by lane, and of its numbers in order may differ in the last place.
          return last
        }
        running += Double(sums[block])
      }
      return last
    }
  }

  private static let blockSize = 256

  private static func blockWeight(
    _ logits: UnsafePointer<Float>, _ count: Int, _ maximum: Float, _ inverseTemperature: Float
  ) -> Float {
    var sums = SIMD16<Float>.zero
    forEachVector(count) { c, lanes in
      sums += lanes.keep(quill_exp((Float.load(logits + c, lanes) - maximum) * inverseTemperature))
    }
    return quill_sum(sums)
  }
}

import Foundation

/// The tokens that survive top-k, top-p and min-p, with their weights; scratch memory kept between draws.
///
/// Weights are exp((logit - maximum) / temperature), so that the likeliest token weighs 1 and nothing overflows.
struct Candidates {
  /// By id; meaningful for the ids in `kept`.
  private var weights: [Double]
  private var kept: [Int32] = []

  init(capacity: Int) { weights = Array(repeating: 0, count: capacity) }

  /// The token at which the running sum of the surviving weights passes `u` times their total.
  mutating func draw(
    _ u: Double, from logits: UnsafeBufferPointer<Float>, maximum: Float, _ settings: SamplingSettings
  ) -> Int32 {
    if weights.count < logits.count { weights = Array(repeating: 0, count: logits.count) }
    kept.removeAll(keepingCapacity: true)
    kept.append(contentsOf: 0..<Int32(logits.count))
    if let topK = settings.topK, topK < logits.count {
      keepLikeliest(logits, until: Double(topK)) { _ in 1 }
    }
    for id in kept { weights[Int(id)] = exp(Double(logits[Int(id)] - maximum) / settings.temperature) }
    if let topP = settings.topP, topP < 1 {
      keepLikeliest(logits, until: topP * totalWeight) { [weights] in weights[Int($0)] }
    }
    if let minP = settings.minP { kept.removeAll { [weights] in weights[Int($0)] < minP } }
    return pick(u)
  }

  private var totalWeight: Double { kept.reduce(0) { $0 + weights[Int($1)] } }

  /// Keeps the fewest likeliest tokens (the lowest ids among equals) whose measures add up to at least `target`;
  /// they end up in no particular order, but always the same.
  ///
  /// Quickselect (Hoare 1961, doi:10.1145/366622.366647) on sums instead of counts.
  /// - Complexity: O(V) expected; sorting instead took 20 ms for 50,257 nearly equal tokens.
  private mutating func keepLikeliest(
    _ logits: UnsafeBufferPointer<Float>, until target: Double, measure: (Int32) -> Double
  ) {
    func isLikelier(_ a: Int32, _ b: Int32) -> Bool {
      let (x, y) = (logits[Int(a)], logits[Int(b)])
      return x > y || (x == y && a < b)
    }
    let cut = kept.withUnsafeMutableBufferPointer { kept in
      // Everything before `low` is kept; where to cut lies in low ... high.
      var (low, high) = (0, kept.count)
      var sum = 0.0
      while low < high {
        let middle = low + (high - low) / 2
        if isLikelier(kept[middle], kept[low]) { kept.swapAt(middle, low) }
        if isLikelier(kept[high - 1], kept[low]) { kept.swapAt(high - 1, low) }
        if isLikelier(kept[high - 1], kept[middle]) { kept.swapAt(high - 1, middle) }
        // The median of three becomes the pivot and waits at the end.
        kept.swapAt(middle, high - 1)
        let pivot = kept[high - 1]
        var boundary = low
        var likelierSum = 0.0
        for index in low..<high - 1 where isLikelier(kept[index], pivot) {
          likelierSum += measure(kept[index])
          kept.swapAt(index, boundary)
          boundary += 1
        }
        kept.swapAt(boundary, high - 1)
        if boundary > low, sum + likelierSum >= target {
          high = boundary
        } else {
          sum += likelierSum + measure(pivot)
          low = boundary + 1
          if sum >= target { high = low }
        }
      }
      return low
    }
    kept.removeSubrange(cut...)
  }

  private func pick(_ u: Double) -> Int32 {
    let total = totalWeight
    var running = 0.0
    var last = kept[0]
    for id in kept where weights[Int(id)] > 0 {
      running += weights[Int(id)]
      last = id
      if running > u * total { return id }
    }
    // u · total can round up to the whole total.
    return last
  }
}

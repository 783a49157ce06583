import Foundation

/// The tokens that survive top-k, top-p, min-p and typical-p, with their weights; scratch memory kept between draws.
///
/// Weights are exp((logit - maximum) / temperature), so that the likeliest token weighs 1 and nothing overflows.
struct Candidates {
  /// By id; meaningful for the ids in `kept`.
  private var weights: [Double]
  private var kept: [Int32] = []
  /// By id, for typical-p: how far a token's information is from the expected one.
  private var distances: [Double] = []

  init(capacity: Int) { weights = Array(repeating: 0, count: capacity) }

  /// Finds the tokens that survive, and their weights.
  mutating func select(from logits: UnsafeBufferPointer<Float>, maximum: Float, _ settings: SamplingSettings) {
    if weights.count < logits.count { weights = Array(repeating: 0, count: logits.count) }
    kept.removeAll(keepingCapacity: true)
    kept.append(contentsOf: 0..<Int32(logits.count))
    func isLikelier(_ a: Int32, _ b: Int32) -> Bool {
      let (x, y) = (logits[Int(a)], logits[Int(b)])
      return x > y || (x == y && a < b)
    }
    if let topK = settings.topK, topK < logits.count {
      keepFirst(by: isLikelier, until: Double(topK)) { _ in 1 }
    }
    for id in kept { weights[Int(id)] = exp(Double(logits[Int(id)] - maximum) / settings.temperature) }
    if let topP = settings.topP, topP < 1 {
      keepFirst(by: isLikelier, until: topP * totalWeight) { [weights] in weights[Int($0)] }
    }
    if let minP = settings.minP { kept.removeAll { [weights] in weights[Int($0)] < minP } }
    if let typicalP = settings.typicalP, typicalP < 1 { keepTypical(typicalP) }
  }

  /// ln p of those of `ids` that survive.
  func logProbabilities(of ids: [Int32]) -> [Int32: Double] {
    let total = totalWeight
    let wanted = Set(ids)
    var result: [Int32: Double] = [:]
    for id in kept where wanted.contains(id) && weights[Int(id)] > 0 {
      result[id] = log(weights[Int(id)] / total)
    }
    return result
  }

  /// Keeps the fewest tokens with the least |−ln p − H|, H = −Σ p ln p, whose probabilities add up to `share`.
  private mutating func keepTypical(_ share: Double) {
    let total = totalWeight
    var entropy = 0.0
    if distances.count < weights.count { distances = Array(repeating: 0, count: weights.count) }
    for id in kept {
      let p = weights[Int(id)] / total
      distances[Int(id)] = -log(p)
      if p > 0 { entropy += p * distances[Int(id)] }
    }
    for id in kept { distances[Int(id)] = abs(distances[Int(id)] - entropy) }
    keepFirst(
      by: { [distances] a, b in
        let (x, y) = (distances[Int(a)], distances[Int(b)])
        return x < y || (x == y && a < b)
      }, until: share * total, measure: { [weights] in weights[Int($0)] })
  }

  private var totalWeight: Double { kept.reduce(0) { $0 + weights[Int($1)] } }

  /// Keeps the fewest tokens, the first in an order without equals, whose measures add up to at least `target`; they end up in
  /// no particular order, but always the same.
  ///
  /// Quickselect (Hoare 1961, doi:10.1145/366622.366647) on sums instead of counts.
  /// - Complexity: O(V) expected; sorting instead took 20 ms for 50,257 nearly equal tokens.
  private mutating func keepFirst(
    by precedes: (Int32, Int32) -> Bool, until target: Double, measure: (Int32) -> Double
  ) {
    let cut = kept.withUnsafeMutableBufferPointer { kept in
      // Everything before `low` is kept; where to cut lies in low ... high.
      var (low, high) = (0, kept.count)
      var sum = 0.0
      while low < high {
        let middle = low + (high - low) / 2
        if precedes(kept[middle], kept[low]) { kept.swapAt(middle, low) }
        if precedes(kept[high - 1], kept[low]) { kept.swapAt(high - 1, low) }
        if precedes(kept[high - 1], kept[middle]) { kept.swapAt(high - 1, middle) }
        // The median of three becomes the pivot and waits at the end.
        kept.swapAt(middle, high - 1)
        let pivot = kept[high - 1]
        var boundary = low
        var sumBefore = 0.0
        for index in low..<high - 1 where precedes(kept[index], pivot) {
          sumBefore += measure(kept[index])
          kept.swapAt(index, boundary)
          boundary += 1
        }
        kept.swapAt(boundary, high - 1)
        if boundary > low, sum + sumBefore >= target {
          high = boundary
        } else {
          sum += sumBefore + measure(pivot)
          low = boundary + 1
          if sum >= target { high = low }
        }
      }
      return low
    }
    kept.removeSubrange(cut...)
  }

  /// The token at which the running sum of the surviving weights passes `u` times their total.
  func pick(_ u: Double) -> Int32 {
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

import Foundation

/// The tokens that survive top-k, top-p and min-p, with their weights; scratch memory kept between draws.
///
/// Weights are exp((logit - maximum) / temperature), so that the likeliest token weighs 1 and nothing overflows.
struct Candidates {
  private var weights: [Double] = []
  /// Ids in order of falling weight (lowest id first among equals), as many as were needed.
  private var ranked: [Int32] = []

  init(capacity: Int) { weights.reserveCapacity(capacity) }

  /// The token at which the running sum of the surviving weights passes `u` times their total.
  mutating func draw(
    _ u: Double, from logits: UnsafeBufferPointer<Float>, maximum: Float, _ settings: SamplingSettings
  ) -> Int32 {
    weights.removeAll(keepingCapacity: true)
    for logit in logits { weights.append(exp(Double(logit - maximum) / settings.temperature)) }
    let topK = settings.topK.map { min($0, logits.count) } ?? logits.count
    let topP = settings.topP ?? 1
    let floor = settings.minP ?? 0
    guard topK < logits.count || topP < 1 else {
      return pick(u, 0..<Int32(weights.count), floor: floor)
    }
    rank(topK: topK, topP: topP)
    return pick(u, ranked, floor: floor)
  }

  /// Leaves in `ranked` what top-k and top-p keep.
  private mutating func rank(topK: Int, topP: Double) {
    guard topP < 1 else { return selectLargest(topK) }
    // Top-p works on what top-k left, renormalized. Few tokens usually suffice: look at ever more of them.
    var count = min(topK, 64)
    selectLargest(topK < weights.count ? topK : count)
    let total = topK < weights.count ? sum(ranked) : weights.reduce(0, +)
    while true {
      var running = 0.0
      for (index, id) in ranked.enumerated() {
        running += weights[Int(id)]
        if running >= topP * total {
          ranked.removeSubrange((index + 1)...)
          return
        }
      }
      // Rounding can leave the running sum of everything just below the total: then everything is kept.
      if ranked.count >= topK { return }
      count = min(topK, count * 8)
      selectLargest(count)
    }
  }

  /// Leaves in `ranked` the `count` heaviest ids, heaviest first.
  private mutating func selectLargest(_ count: Int) {
    ranked.removeAll(keepingCapacity: true)
    if count > weights.count / 8 {
      ranked.append(contentsOf: 0..<Int32(weights.count))
      sortRanked()
      ranked.removeSubrange(count...)
      return
    }
    // A heap of the heaviest so far with the lightest of them on top.
    for id in 0..<Int32(weights.count) {
      if ranked.count < count {
        ranked.append(id)
        siftUp(ranked.count - 1)
      } else if isHeavier(id, ranked[0]) {
        ranked[0] = id
        siftDown()
      }
    }
    sortRanked()
  }

  private mutating func sortRanked() {
    ranked.sort { [weights] in Self.isHeavier($0, $1, weights) }
  }

  private func isHeavier(_ a: Int32, _ b: Int32) -> Bool { Self.isHeavier(a, b, weights) }

  private static func isHeavier(_ a: Int32, _ b: Int32, _ weights: [Double]) -> Bool {
    let (x, y) = (weights[Int(a)], weights[Int(b)])
    return x > y || (x == y && a < b)
  }

  private mutating func siftUp(_ start: Int) {
    var child = start
    while child > 0, isHeavier(ranked[(child - 1) / 2], ranked[child]) {
      ranked.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  private mutating func siftDown() {
    var parent = 0
    while 2 * parent + 1 < ranked.count {
      var child = 2 * parent + 1
      if child + 1 < ranked.count, isHeavier(ranked[child], ranked[child + 1]) { child += 1 }
      guard isHeavier(ranked[parent], ranked[child]) else { return }
      ranked.swapAt(parent, child)
      parent = child
    }
  }

  private func sum(_ ids: [Int32]) -> Double { ids.reduce(0) { $0 + weights[Int($1)] } }

  /// - Parameter floor: the least weight that min-p lets through.
  private func pick(_ u: Double, _ ids: some Sequence<Int32>, floor: Double) -> Int32 {
    var total = 0.0
    for id in ids where weights[Int(id)] >= floor { total += weights[Int(id)] }
    var running = 0.0
    var last: Int32 = 0
    for id in ids where weights[Int(id)] >= floor && weights[Int(id)] > 0 {
      running += weights[Int(id)]
      last = id
      if running > u * total { return id }
    }
    // u · total can round up to the whole total.
    return last
  }
}

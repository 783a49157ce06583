import Foundation
import Sampling

/// The transforms in their order, each written the plainest way, in Double: what the sampler is compared with.
enum ReferenceSampling {
  /// The probability of every token.
  ///
  /// - Parameters:
  ///   - seen: the tokens of the text so far.
  ///   - written: those of them that the model wrote, as often as it did.
  ///   - text: the bytes of the text so far.
  ///   - pieces: the bytes of every token.
  static func probabilities(
    _ logits: [Float], _ settings: SamplingSettings, seen: [Int32] = [], written: [Int32] = [],
    text: [UInt8] = [],
    pieces: [[UInt8]] = []
  ) -> [Double] {
    var x = logits.map(Double.init)
    // 1. Bias, then the repetition penalty, then frequency and presence.
    for (id, bias) in settings.logitBias { x[Int(id)] += bias }
    for id in Set(seen) {
      x[Int(id)] =
        x[Int(id)] > 0 ? x[Int(id)] / settings.repetitionPenalty : x[Int(id)] * settings.repetitionPenalty
    }
    for id in Set(written) {
      let count = Double(written.filter { $0 == id }.count)
      x[Int(id)] -= count * settings.frequencyPenalty + settings.presencePenalty
    }
    // 2. Bans: a string must not end inside the next token.
    for id in settings.bannedTokens { x[Int(id)] = -.infinity }
    for string in settings.bannedStrings.map({ Array($0.utf8) }) {
      for (id, piece) in pieces.enumerated() {
        let whole = text + piece
        for end in text.count..<whole.count where whole[...end].suffix(string.count).elementsEqual(string) {
          x[id] = -.infinity
        }
      }
    }
    // 3. Temperature.
    let best = x.indices.max { x[$0] < x[$1] || (x[$0] == x[$1] && $0 > $1) }!
    if settings.temperature == 0 { return x.indices.map { $0 == best ? 1 : 0 } }
    var p = normalized(x.map { exp(($0 - x[best]) / settings.temperature) })
    // 4. Top-k, top-p, min-p, typical-p, each on what the one before it left.
    let byProbability = { (a: Int, b: Int) in p[a] > p[b] || (p[a] == p[b] && a < b) }
    if let k = settings.topK { p = kept(p, by: byProbability) { count, _ in count < k } }
    if let share = settings.topP { p = kept(p, by: byProbability) { _, sum in sum < share } }
    if let least = settings.minP { p = normalized(p.map { $0 < least * p.max()! ? 0 : $0 }) }
    if let share = settings.typicalP {
      let entropy = p.reduce(0) { $1 > 0 ? $0 - $1 * log($1) : $0 }
      let distance = p.map { abs(-log($0) - entropy) }
      p = kept(p, by: { distance[$0] < distance[$1] || (distance[$0] == distance[$1] && $0 < $1) }) {
        $1 < share
      }
    }
    return p
  }

  /// Goes through the tokens in order and keeps them as long as more are wanted, given how many there are and their sum.
  private static func kept(
    _ p: [Double], by precedes: (Int, Int) -> Bool, while wantsMore: (Int, Double) -> Bool
  ) -> [Double] {
    var result = [Double](repeating: 0, count: p.count)
    var (count, sum) = (0, 0.0)
    for id in p.indices.sorted(by: precedes) where wantsMore(count, sum) {
      result[id] = p[id]
      (count, sum) = (count + 1, sum + p[id])
    }
    return normalized(result)
  }

  private static func normalized(_ weights: [Double]) -> [Double] {
    let total = weights.reduce(0, +)
    return weights.map { $0 / total }
  }
}

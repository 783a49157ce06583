import Foundation
import Tokenization

/// A token that was chosen, and what else could have been.
public struct TokenChoice: Sendable, Equatable {
  /// A token with its probabilities at one place of a text.
  public struct Candidate: Sendable, Equatable {
    /// The token's number in the vocabulary.
    public let id: TokenID
    /// ln p under the model itself, in nats: before every transform.
    public let logProbability: Double
    /// ln p under the distribution that the token was drawn from, after all transforms; -∞ where it could not be drawn. At
    /// temperature 0 the token taken has 0.
    public let drawnLogProbability: Double
  }

  /// The token taken.
  public let chosen: Candidate
  /// The likeliest tokens under the model, the likeliest first and the lowest id among equals; the one taken may be among them.
  public let alternatives: [Candidate]
  /// The entropy of the model's own distribution at this place, −Σ p ln p, in nats: before every transform.
  public let entropy: Double
}

/// The natural logarithm of the softmax's denominator, `ln Σ exp(x)`, without overflow.
func logSumExp(_ logits: UnsafeBufferPointer<Float>, maximum: Float) -> Double {
  softmaxSums(logits, maximum: maximum).logarithm
}

/// `ln Σ exp(x)` and the entropy of the softmax, −Σ p ln p = ln Σ exp(x) − Σ p x. A logit of -∞ has no part in either.
func softmaxSums(
  _ logits: UnsafeBufferPointer<Float>, maximum: Float
) -> (logarithm: Double, entropy: Double) {
  var sum = 0.0
  var weighted = 0.0
  for value in logits where value > -.infinity {
    let difference = Double(value - maximum)
    let weight = exp(difference)
    sum += weight
    weighted += weight * difference
  }
  return (Double(maximum) + log(sum), max(0, log(sum) - weighted / sum))
}

/// The ids of the largest of `values`, the largest first, the lowest id among equals.
func largest(_ count: Int, of values: UnsafeBufferPointer<Float>) -> [Int32] {
  var result: [Int32] = []
  for (id, value) in values.enumerated() {
    if result.count == count, count == 0 || value <= values[Int(result[count - 1])] { continue }
    if result.count == count { result.removeLast() }
    let place = result.firstIndex { values[Int($0)] < value } ?? result.count
    result.insert(Int32(id), at: place)
  }
  return result
}

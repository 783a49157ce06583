import Formatting
import Foundation
import Storage

/// The law that a plan is made by: L = E + A·N^-α + B·D^-β, a guess before there are runs and a fit afterwards.
///
/// N counts all parameters, D tokens; losses are in nats per token.
package struct PlanningLaw: Sendable, Equatable {
  package var E: Double
  package var A: Double
  package var alpha: Double
  package var B: Double
  package var beta: Double
  /// Whether the sweep's own runs decided it.
  package var isFitted: Bool

  package init(E: Double, A: Double, alpha: Double, B: Double, beta: Double, isFitted: Bool) {
    (self.E, self.A, self.alpha, self.B, self.beta, self.isFitted) = (E, A, alpha, B, beta, isFitted)
  }

  /// What to expect of a text before anything has been trained on it.
  ///
  /// Exponents of 0.35 on both sides, so that the best N and D grow alike, with about eighty bytes of text per parameter
  /// at the optimum: the twenty tokens of four bytes of Hoffmann et al. 2022 (exponents of Besiroglu et al. 2024), and
  /// what sweeps over bytes and over 1,024 tokens of the tales agree with. The floor is the text's entropy where it is
  /// known, a fifth of a uniform guess's loss elsewhere; at 100,000 parameters and 8 MB, five sixths of the distance
  /// from a uniform guess to there are gone. Good enough to place runs, not to believe.
  package static func guess(
    vocabularySize: Int, bytesPerToken: Double, entropyFloorInNats: Double?
  ) -> PlanningLaw {
    let uniform = log(Double(vocabularySize))
    let floor = entropyFloorInNats ?? 0.2 * uniform
    let exponent = 0.35
    // A·N^-α = B·D^-β at D = ratio · N: then the optimum lies there for every budget.
    let ratio = 80 / max(bytesPerToken, 0.1)
    let share = (uniform - floor) / 12
    return PlanningLaw(
      E: floor, A: share * pow(1e5, exponent), alpha: exponent, B: share * pow(ratio * 1e5, exponent),
      beta: exponent, isFitted: false)
  }

  static func guess(for corpus: SweepCorpus) -> PlanningLaw {
    guess(
      vocabularySize: corpus.vocabularySize, bytesPerToken: corpus.bytesPerToken,
      entropyFloorInNats: corpus.entropyFloorInNats)
  }

  package func loss(parameters: Double, tokens: Double) -> Double {
    E + A * pow(parameters, -alpha) + B * pow(tokens, -beta)
  }

  /// The size with the lowest loss for `flops`, counting FLOPs as the family's members take them.
  package func bestParameters(flops: Double, family: ModelFamily) -> Double {
    let low = log(Double(family.members.first!.parameters))
    let high = log(Double(family.members.last!.parameters))
    // The loss is unimodal along an isoFLOP line; 400 points are closer than any member's neighbour.
    let grid = (0...400).map { low + (high - low) * Double($0) / 400 }
    return exp(
      grid.min { self.loss(logParameters: $0, flops, family) < self.loss(logParameters: $1, flops, family) }!)
  }

  private func loss(logParameters: Double, _ flops: Double, _ family: ModelFamily) -> Double {
    let parameters = exp(logParameters)
    return loss(parameters: parameters, tokens: flops / family.flopsPerToken(parameters: parameters))
  }
}

extension PlanningLaw: JSONReadable, JSONConvertible {
  package var json: JSONValue {
    [
      "E": .number(E), "A": .number(A), "alpha": .number(alpha), "B": .number(B), "beta": .number(beta),
      "fitted": .bool(isFitted),
    ]
  }

  package init(json node: JSONNode) throws(QuillError) {
    self.init(
      E: try node.value("E", in: .within(-SizeLimits.quantity.high...SizeLimits.quantity.high)),
      A: try node.value("A", in: .within(-SizeLimits.quantity.high...SizeLimits.quantity.high)),
      alpha: try node.value("alpha", in: .within(-100...100)),
      B: try node.value("B", in: .within(-SizeLimits.quantity.high...SizeLimits.quantity.high)),
      beta: try node.value("beta", in: .within(-100...100)), isFitted: try node.value("fitted"))
  }
}

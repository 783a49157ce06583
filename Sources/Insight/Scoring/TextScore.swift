import Foundation
import Tokenization

/// What a model makes of a given text: the log-likelihood of every token after the ones before it.
///
///     let score = try model.score("Once upon a time")
///     score.bitsPerByte                     // 1.04
///     score.tokens[0].logProbability        // -0.31: nats
public struct TextScore: Sendable, Equatable {
  /// One token of the text, and how much the model expected it.
  public struct Token: Sendable, Equatable {
    /// The token's number in the vocabulary.
    public let id: TokenID
    /// The bytes it stands for; part of a character, where a character takes several tokens.
    public let bytes: [UInt8]
    /// ln p(token | the tokens before it in its window), in nats: 0 or less.
    public let logProbability: Double

    /// ``bytes`` as text, with U+FFFD for what is not UTF-8 by itself.
    public var text: String { String(decoding: bytes, as: UTF8.self) }
  }

  /// The tokens that were predicted, in order.
  public let tokens: [Token]
  /// The sums over ``tokens``.
  package let sum: ScoreSum

  package init(tokens: [Token]) {
    self.tokens = tokens
    var sum = ScoreSum()
    for token in tokens { sum.add(token.logProbability, byteCount: token.bytes.count) }
    self.sum = sum
  }

  /// Σ ``Token/logProbability``, in nats.
  public var logLikelihood: Double { sum.logLikelihood }
  /// The bytes that ``tokens`` stand for.
  public var byteCount: Int { sum.byteCount }

  /// −``logLikelihood`` in bits over ``byteCount``: comparable between tokenizers. Nil where there are no bytes.
  public var bitsPerByte: Double? { sum.bitsPerByte }

  /// The mean loss in nats per token, as evaluation counts it. Nil where no token was predicted.
  public var loss: Double? { sum.loss }

  /// e to the ``loss``: among how many equally likely tokens the model would be as unsure.
  public var perplexity: Double? { sum.perplexity }
}

/// Log-probabilities added up in order, in Double.
package struct ScoreSum: Sendable, Equatable {
  package private(set) var tokenCount = 0
  package private(set) var byteCount = 0
  /// Nats.
  package private(set) var logLikelihood = 0.0

  package init() {}

  package mutating func add(_ logProbability: Double, byteCount: Int) {
    tokenCount += 1
    self.byteCount += byteCount
    logLikelihood += logProbability
  }

  /// Adds what another text's tokens add up to.
  package mutating func add(_ other: ScoreSum) {
    tokenCount += other.tokenCount
    byteCount += other.byteCount
    logLikelihood += other.logLikelihood
  }

  /// Nil where there are no bytes.
  package var bitsPerByte: Double? { byteCount > 0 ? -logLikelihood / log(2) / Double(byteCount) : nil }
  /// Nats per token; nil where there is none.
  package var loss: Double? { tokenCount == 0 ? nil : -logLikelihood / Double(tokenCount) }
  package var perplexity: Double? { loss.map(exp) }
}

import Compute
import Foundation
import Storage
import Tokenization
import Transformer

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
  /// Σ ``Token/logProbability``, in nats.
  public let logLikelihood: Double
  /// The bytes that ``tokens`` stand for.
  public let byteCount: Int

  /// −``logLikelihood`` in bits over ``byteCount``: comparable between tokenizers. Nil where there are no bytes.
  public var bitsPerByte: Double? { byteCount > 0 ? -logLikelihood / log(2) / Double(byteCount) : nil }

  /// The mean loss in nats per token, as evaluation counts it. Nil where no token was predicted.
  public var loss: Double? { tokens.isEmpty ? nil : -logLikelihood / Double(tokens.count) }

  /// e to the ``loss``: among how many equally likely tokens the model would be as unsure.
  public var perplexity: Double? { loss.map(exp) }
}

extension LoadedModel {
  /// Windows in one forward pass.
  private static let windowsPerPass = 8

  /// Scores a text as the evaluation of a corpus would: end of text before it, and cut into windows of the model's
  /// context, within which every token is predicted from all before it. (Tokens at the beginning of a later window are
  /// predicted from few.)
  ///
  /// Where the tokenizer has no end of text, nothing stands before the text's first token: it is not predicted, and is not
  /// among the tokens of the result.
  ///
  /// - Throws: `QuillError`: `.badData` where a probability is not a number, `.usage` where the memory is too small.
  /// - Complexity: one forward pass over the text.
  package func score(_ text: [UInt8]) throws(QuillError) -> TextScore {
    let sequence = (tokenizer.endOfText.map { [$0] } ?? []) + tokenizer.encode(text)
    let targetCount = sequence.count - 1
    guard targetCount >= 1 else { return TextScore(tokens: [], logLikelihood: 0, byteCount: 0) }
    let step = try step(for: targetCount, atOnce: Self.windowsPerPass)
    let (rowCount, length) = (step.batchSize, step.length)
    var batch = TokenBatch(
      windowCount: rowCount, length: length, vocabularySize: model.configuration.vocabularySize)
    var tokens: [TextScore.Token] = []
    tokens.reserveCapacity(targetCount)
    var (logLikelihood, byteCount) = (0.0, 0)
    for start in stride(from: 0, to: targetCount, by: rowCount * length) {
      let count = min(rowCount * length, targetCount - start)
      for row in 0..<rowCount {
        let window = sequence.dropFirst(start + row * length).prefix(length + 1)
        batch.fillWindow(row, tokenCount: window.count) {
          _ = $0.update(fromContentsOf: window)
        } documentStarts: { _ in
        }
      }
      _ = step.evaluate(batch)
      for position in 0..<count {
        let loss = Double(step.tokenLosses.pointer[position])
        guard loss.isFinite else {
          throw QuillError(
            .badData, at: folder, "the loss of token \(start + position) is \(loss): the weights are not usable"
          )
        }
        let id = sequence[start + position + 1]
        let bytes = tokenizer.bytes(of: id)
        tokens.append(TextScore.Token(id: id, bytes: bytes, logProbability: -loss))
        logLikelihood -= loss
        byteCount += bytes.count
      }
    }
    return TextScore(tokens: tokens, logLikelihood: logLikelihood, byteCount: byteCount)
  }
}

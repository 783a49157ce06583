import Foundation

/// What a model's loss on a whole validation split is, in the field names of `quill evaluate --json`.
package struct EvaluationResult: Sendable, Equatable, Codable {
  /// Nats per token.
  package var loss: Double
  /// Of `loss`, with whole windows as the independent units: tokens of one window are correlated.
  package var standardError: Double
  /// e to the `loss`.
  package var perplexity: Double
  /// The total loss in bits over the bytes that the predicted tokens spell; nil where they spell none.
  package var bitsPerByte: Double?
  /// The tokens predicted.
  package var tokens: Int
  /// The bytes that they spell.
  package var bytes: Int
  /// The information content of the text in nats per token, where the corpus knows it.
  package var entropyFloor: Double?

  enum CodingKeys: String, CodingKey {
    case loss, perplexity, tokens, bytes
    case standardError = "standard_error"
    case bitsPerByte = "bits_per_byte"
    case entropyFloor = "entropy_floor"
  }
}

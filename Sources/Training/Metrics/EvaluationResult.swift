import Foundation

/// What a model's loss on a whole validation split is, in the field names of `quill evaluate --json`.
public struct EvaluationResult: Sendable, Equatable, Codable {
  /// Nats per token.
  public var loss: Double
  /// Of `loss`, with whole windows as the independent units: tokens of one window are correlated.
  public var standardError: Double
  /// e to the `loss`.
  public var perplexity: Double
  /// The total loss in bits over the bytes that the predicted tokens spell; nil where they spell none.
  public var bitsPerByte: Double?
  /// The tokens predicted.
  public var tokens: Int
  /// The bytes that they spell.
  public var bytes: Int
  /// The information content of the text in nats per token, where the corpus knows it.
  public var entropyFloor: Double?

  enum CodingKeys: String, CodingKey {
    case loss, perplexity, tokens, bytes
    case standardError = "standard_error"
    case bitsPerByte = "bits_per_byte"
    case entropyFloor = "entropy_floor"
  }
}

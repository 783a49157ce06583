import Compute

/// Generation state: a KV cache over one sequence.
///
///     let decoder = Decoder(model: model)
///     var logits = decoder.append(promptIDs)       // (V), for the last position
///     logits = decoder.append([next])
public final class Decoder {
  public let model: Model
  /// The positions the cache can hold: the model's context length.
  public let capacity: Int
  /// The tokens seen so far.
  public private(set) var position = 0

  public init(model: Model) {
    self.model = model
    capacity = model.configuration.contextLength
  }

  /// Feeds `tokens` after those already seen and returns the logits `(V)` of the last one,
  /// valid until the next call.
  ///
  /// - Precondition: `tokens` is not empty and `position + tokens.count <= capacity`.
  public func append(_ tokens: [Int32]) -> UnsafeBufferPointer<Float> { fatalError("not written yet") }

  /// Forgets everything after the first `count` tokens.
  public func truncate(to count: Int) { position = min(position, count) }
}

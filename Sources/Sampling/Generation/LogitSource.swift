import Transformer

// SAFETY: the source keeps the memory of the logits that it hands out, and writes them anew with every call.

/// What generation needs of a model: the logits of what follows a sequence that grows.
///
/// `Decoder` is the real one; tests use hand-made ones.
package protocol LogitSource: AnyObject {
  /// The positions that fit.
  var capacity: Int { get }
  /// The tokens seen so far.
  var position: Int { get }
  /// Feeds `tokens` and returns the logits `(logitCount, V)` after the last of them, valid until the next call.
  func append(_ tokens: [Int32], logitCount: Int) -> UnsafeBufferPointer<Float>
  /// Forgets everything after the first `count` tokens.
  func truncate(to count: Int)
}

extension LogitSource {
  /// Feeds `tokens` and returns the logits `(V)` after the last of them, valid until the next call.
  package func append(_ tokens: [Int32]) -> UnsafeBufferPointer<Float> { append(tokens, logitCount: 1) }
}

extension Decoder: LogitSource {
  package func append(_ tokens: [Int32], logitCount: Int) -> UnsafeBufferPointer<Float> {
    append(tokens, logitCount: logitCount, to: 0)
  }
}

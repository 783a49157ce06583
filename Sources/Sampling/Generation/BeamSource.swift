/// What a search over several continuations needs of a model: the logits of what follows each of them.
///
/// Any ``LogitSource`` becomes one by ``RefedBeams``; a source that keeps a cache for every beam can do better.
package protocol BeamSource: AnyObject {
  /// The positions that fit.
  var capacity: Int { get }
  /// The logits `(V)` after each of the sequences.
  ///
  /// - Precondition: no sequence is empty or longer than `capacity`.
  func logits(after sequences: [[Int32]]) -> [[Float]]
}

/// One sequence after the other through one cache: between two, what they do not share is forgotten and fed anew.
package final class RefedBeams: BeamSource {
  private let source: any LogitSource
  /// The tokens in the source.
  private var held: [Int32] = []

  package init(_ source: any LogitSource) {
    self.source = source
    source.truncate(to: 0)
  }

  package var capacity: Int { source.capacity }

  package func logits(after sequences: [[Int32]]) -> [[Float]] {
    sequences.map { sequence in
      // The last token is always fed: the logits are those after it.
      let shared = zip(held, sequence.dropLast()).prefix { $0 == $1 }.count
      source.truncate(to: shared)
      held = sequence
      return Array(source.append(Array(sequence[shared...])))
    }
  }
}

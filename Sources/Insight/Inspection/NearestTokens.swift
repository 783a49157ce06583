import Tokenization
import Training

/// The tokens whose embeddings point in the direction of another's.
package struct NearestTokens: Sendable {
  package struct Neighbor: Sendable {
    package let id: TokenID
    /// The cosine of the angle between the embeddings, from -1 to 1.
    package let cosine: Double
  }

  package let id: TokenID
  /// Nearest first; never the token itself.
  package let neighbors: [Neighbor]
}

extension NearestTokens {
  /// - Parameter count: how many neighbours, at most.
  /// - Precondition: the id is in the tokenizer's vocabulary.
  /// - Complexity: O(V · C).
  package init(to id: TokenID, in loaded: LoadedModel, count: Int) {
    let model = loaded.model
    let tensor = model.layout.tensors.first { $0.place.role == .tokenEmbedding && !$0.place.isBias }!
    let (values, width) = (model.parameters.buffer[tensor.range], tensor.shape[1])
    let vocabulary = min(loaded.tokenizer.vocabularySize, tensor.shape[0])
    precondition(id >= 0 && Int(id) < vocabulary, "token \(id)")
    func row(_ id: Int) -> Slice<UnsafeMutableBufferPointer<Float>> {
      let start = values.startIndex + id * width
      return values[start..<start + width]
    }
    func product(_ a: Int, _ b: Int) -> Double {
      zip(row(a), row(b)).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    }
    let own = product(Int(id), Int(id))
    let all = (0..<vocabulary).filter { $0 != Int(id) }.map { other in
      let norm = (own * product(other, other)).squareRoot()
      return Neighbor(id: TokenID(other), cosine: norm > 0 ? product(Int(id), other) / norm : 0)
    }
    self.id = id
    neighbors = Array(all.sorted { ($0.cosine, $1.id) > ($1.cosine, $0.id) }.prefix(count))
  }
}

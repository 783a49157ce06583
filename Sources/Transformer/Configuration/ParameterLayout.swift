/// Where each parameter tensor lies in the one slab of parameters (and of gradients, and of moments).
///
/// Matrices are stored `(out, in)` row-major for every family, so that `y = x · Wᵀ`; the GPT-2 family's
/// Conv1D tensors are transposed where a checkpoint is read or written, nowhere else.
package struct ParameterLayout: Sendable, Equatable {
  package struct Tensor: Sendable, Equatable {
    /// The tensor's name in a Hugging Face checkpoint of the family.
    package let name: String
    /// What the tensor is to the model, whatever the family calls it.
    package let place: Place
    /// `[out, in]` for matrices, `[count]` for vectors.
    package let shape: [Int]
    /// The index of the first element in the slab.
    package let offset: Int
    package let initialization: Initialization
    /// Whether the checkpoint stores the transpose (GPT-2's Conv1D).
    package let isTransposedOnDisk: Bool

    package var count: Int { shape.reduce(1, *) }
    package var range: Range<Int> { offset..<offset + count }
    /// Weight decay applies to matrices only: not to norms and biases.
    package var decays: Bool { shape.count >= 2 }
  }

  /// What a tensor is for.
  package enum Role: Sendable, Equatable {
    case tokenEmbedding, positionEmbedding
    case attentionNorm, attentionInput, attentionOutput, queryNorm, keyNorm
    case feedForwardNorm, feedForwardInput, feedForwardOutput
    case finalNorm, head
  }

  /// Where in the model a tensor belongs. Query, key and value projections share a place, as do gate and up: each place is
  /// one matrix to the kernels, whose rows are its tensors' in their order.
  package struct Place: Sendable, Hashable {
    package var role: Role
    /// Nil outside the layers.
    package var layer: Int?
    package var isBias = false
  }

  package enum Initialization: Sendable, Equatable {
    case zeros
    case ones
    /// Gaussian with mean 0 and this standard deviation.
    case normal(Float)
  }

  package let tensors: [Tensor]
  /// The slab's length; tensors start at multiples of 16 elements, so it exceeds `parameterCount` a little.
  package let elementCount: Int

  /// The number of trainable numbers, a tied head counted once.
  package var parameterCount: Int { tensors.reduce(0) { $0 + $1.count } }

  package subscript(name: String) -> Tensor? { tensors.first { $0.name == name } }
}

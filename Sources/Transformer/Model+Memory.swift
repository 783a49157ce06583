import Compute

// SAFETY: a counting arena hands out no memory, and what is made of it is not used.

extension Model {
  /// The bytes of parameters and kernels' copies, computed without allocating, of a model to train.
  package static func plannedBytes(_ configuration: ModelConfiguration, precision: Precision) -> Int {
    plannedBytes(configuration, .training(precision))
  }

  /// The same for a model that only looks forward.
  package static func plannedBytes(_ configuration: ModelConfiguration, weights: WeightFormat) -> Int {
    plannedBytes(configuration, .forward(weights))
  }

  private static func plannedBytes(_ configuration: ModelConfiguration, _ copies: MatrixCopies) -> Int {
    let layout = ParameterLayout(configuration)
    return 4 * layout.elementCount + packedByteCount(configuration, layout, copies)
  }

  /// The bytes of the kernels' copies.
  static func packedByteCount(
    _ configuration: ModelConfiguration, _ layout: ParameterLayout, _ copies: MatrixCopies
  ) -> Int {
    var builder = WeightBuilder(
      configuration: configuration, layout: layout, copies: copies,
      parameters: UnsafeMutablePointer(bitPattern: 64)!, arena: Arena())
    for layer in 0..<configuration.layerCount { _ = builder.layer(layer) }
    _ = builder.head()
    return builder.arena.byteCount
  }
}

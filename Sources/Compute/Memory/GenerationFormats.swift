/// How a model's weights are kept for generation.
public enum WeightFormat: String, Sendable, CaseIterable {
  /// IEEE single precision, 4 bytes a weight.
  case fp32
  /// The upper half of an fp32 number, 2 bytes a weight.
  case bf16
  /// Whole numbers of 8 bits with one scale for every 64 inputs of an output; activations are rounded likewise.
  case int8

  /// The number format of activations beside such weights, and what stands around the products.
  package var precision: Precision { self == .bf16 ? .bf16 : .fp32 }
}

/// How the keys and values of a text are kept for generation.
public enum CacheFormat: String, Sendable, CaseIterable {
  /// IEEE single precision.
  case fp32
  /// The upper half of an fp32 number.
  case bf16
  /// Whole numbers of 8 bits with one scale for every head of a position.
  case int8
}

extension Precision {
  /// Weights in this number format.
  package var weights: WeightFormat { self == .fp32 ? .fp32 : .bf16 }
}

/// The number format of weights and activations inside matrix products.
///
/// Master weights, gradients, optimizer state, softmax, norms and the loss are fp32 under either.
public enum Precision: String, Sendable, CaseIterable {
  case fp32
  case bf16
}

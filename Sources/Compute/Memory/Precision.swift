/// The number format of weights and activations inside matrix products.
///
/// Master weights, gradients, optimizer state, softmax, norms and the loss are fp32 under either.
public enum Precision: String, Sendable, CaseIterable {
  /// IEEE single precision, 4 bytes.
  case fp32
  /// The upper half of an fp32 number, 2 bytes.
  case bf16

  /// A number format, or whichever is faster on the machine.
  public enum Choice: String, Sendable, CaseIterable {
    /// bf16 where the processor's bf16 dot product is faster than fp32, fp32 elsewhere.
    case auto
    /// fp32 everywhere.
    case fp32
    /// bf16 everywhere, spelled out where the processor has no instruction for it.
    case bf16
  }

  /// The size of a number, in bytes.
  package var byteCount: Int { self == .fp32 ? 4 : 2 }
}

/// The upper half of an fp32 number: 8 exponent bits, 7 of mantissa.
package struct BFloat16: BitwiseCopyable, Sendable, Equatable {
  package var bits: UInt16

  package init(bits: UInt16) { self.bits = bits }

  package var float: Float { Float(bitPattern: UInt32(bits) << 16) }
}

import CVector

/// The number format of weights and activations inside matrix products.
///
/// Master weights, gradients, optimizer state, softmax, norms and the loss are fp32 under either.
package enum Precision: String, Sendable, CaseIterable {
  case fp32
  case bf16

  /// The size of a number, in bytes.
  @inlinable
  package var byteCount: Int { self == .fp32 ? 4 : 2 }

  /// bf16 where its dot product is faster than two fp32 multiply-adds, fp32 elsewhere.
  ///
  /// AMD's cores (Zen 4, Zen 5) do `vdpbf16ps` at the rate of an fp32 multiply-add, which is twice the arithmetic;
  /// Intel's (Sapphire and Emerald Rapids) do it at a quarter of that rate: measured 86 GFLOP/s of bf16
  /// against 175 of fp32 on one core. The choice depends on the processor's maker, not on a measurement, so that it is the
  /// same from run to run.
  package static var recommended: Precision { quill_has_fast_bf16_dot() != 0 ? .bf16 : .fp32 }
}

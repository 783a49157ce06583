/// The upper half of an fp32 number: 8 exponent bits, 7 of mantissa.
package struct BFloat16: BitwiseCopyable, Sendable, Equatable {
  package var bits: UInt16

  @inlinable
  package init(bits: UInt16) { self.bits = bits }

  @inlinable
  package var float: Float { Float(bitPattern: UInt32(bits) << 16) }
}

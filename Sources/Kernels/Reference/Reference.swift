#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Plain versions of every kernel: one loop nest per formula, arrays in, arrays out, each forward beside its backward.
///
/// They define what the fast kernels must compute. In `Float` they are the oracle of the fp32 kernels; in `Double`
/// they are accurate enough to be checked by finite differences and to judge rounding.
///
/// Shapes are row-major; names follow the field: B windows, T positions, C channels, H heads, V vocabulary.
/// Nothing here is fast, and nothing in training or sampling calls it.
package enum Reference {}

/// A number format that the references compute in.
package protocol ReferenceScalar: BinaryFloatingPoint, Sendable {
  static func exponential(_ x: Self) -> Self
  static func logarithm(_ x: Self) -> Self
  static func hyperbolicTangent(_ x: Self) -> Self
  static func sine(_ x: Self) -> Self
  static func cosine(_ x: Self) -> Self
  static func power(_ x: Self, _ exponent: Self) -> Self
}

extension Double: ReferenceScalar {
  package static func exponential(_ x: Double) -> Double { exp(x) }
  package static func logarithm(_ x: Double) -> Double { log(x) }
  package static func hyperbolicTangent(_ x: Double) -> Double { tanh(x) }
  package static func sine(_ x: Double) -> Double { sin(x) }
  package static func cosine(_ x: Double) -> Double { cos(x) }
  package static func power(_ x: Double, _ exponent: Double) -> Double { pow(x, exponent) }
}

extension Float: ReferenceScalar {
  package static func exponential(_ x: Float) -> Float { expf(x) }
  package static func logarithm(_ x: Float) -> Float { logf(x) }
  package static func hyperbolicTangent(_ x: Float) -> Float { tanhf(x) }
  package static func sine(_ x: Float) -> Float { sinf(x) }
  package static func cosine(_ x: Float) -> Float { cosf(x) }
  package static func power(_ x: Float, _ exponent: Float) -> Float { powf(x, exponent) }
}

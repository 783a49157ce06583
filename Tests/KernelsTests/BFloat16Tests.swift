import CVector
import Compute
import Testing

/// bf16 is the upper half of fp32, rounded to nearest with ties to even.
@Suite(.timeLimit(.minutes(20))) struct BFloat16Tests {
  /// Rounding by integer arithmetic. The instruction flushes denormals to a zero of the same sign.
  static func rounded(_ value: Float) -> UInt16 {
    let bits = value.bitPattern
    let upper = UInt16(bits >> 16)
    if value.isNaN { return upper | 0x40 }
    if value.isSubnormal, quill_has_bf16_dot() != 0 { return upper & 0x8000 }
    let lower = bits & 0xffff
    let roundsUp = lower > 0x8000 || (lower == 0x8000 && upper & 1 == 1)
    return upper + (roundsUp ? 1 : 0)
  }

  /// Every upper half with the lower halves around a tie, which covers infinities, NaN, overflow to infinity, denormals.
  @Test func everyNumberRoundsToNearestWithTiesToEven() {
    for upper in UInt32(0)...0xffff {
      for lower in [0, 1, 0x7fff, 0x8000, 0x8001, 0xffff] as [UInt32] {
        let value = Float(bitPattern: upper << 16 | lower)
        let (found, expected) = (BFloat16(value).bits, Self.rounded(value))
        if found != expected {
          Issue.record("\(value) (\(value.bitPattern)): found \(found), expected \(expected)")
          return
        }
      }
    }
  }

  @Test func conversionBackIsExact() {
    for bits in UInt16(0)...0xffff {
      let value = BFloat16(bits: bits).float
      if value.bitPattern != UInt32(bits) << 16 { Issue.record("\(bits) becomes \(value)") }
    }
  }

  @Test func vectorConversionEqualsTheScalarOne() {
    for first in stride(from: UInt32(0), to: 0xffff_0000, by: 65_537 * 16 + 3) {
      var values = SIMD16<Float>.zero
      for lane in 0..<16 { values[lane] = Float(bitPattern: first &+ UInt32(lane) &* 0x7001) }
      let found = quill_to_bf16(values)
      let back = quill_from_bf16(found)
      for lane in 0..<16 {
        if found[lane] != Self.rounded(values[lane]) || back[lane].bitPattern != UInt32(found[lane]) << 16 {
          Issue.record("\(values[lane]): found \(found[lane])")
          return
        }
      }
    }
  }
}

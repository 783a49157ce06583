/// A 64-bit hash of a piece's bytes, for tables that live in memory only.
///
/// Eight bytes a step, each folded in by a multiplication whose high half is kept (after wyhash).
///
/// SAFETY: reads `count` bytes from `piece`.
@inline(__always) func pieceHash(_ piece: UnsafePointer<UInt8>, count: Int) -> UInt64 {
  var hash: UInt64 = 0x9E37_79B9_7F4A_7C15 ^ UInt64(truncatingIfNeeded: count)
  var i = 0
  while i &+ 8 <= count {
    hash = foldedProduct(
      hash ^ UnsafeRawPointer(piece + i).loadUnaligned(as: UInt64.self), 0xC2B2_AE3D_27D4_EB4F)
    i &+= 8
  }
  var rest: UInt64 = 0
  while i < count {
    rest = rest << 8 | UInt64(piece[i])
    i &+= 1
  }
  return foldedProduct(hash ^ rest, 0x9E6C_63D0_876A_3F6B)
}

@inline(__always) private func foldedProduct(_ a: UInt64, _ b: UInt64) -> UInt64 {
  let product = a.multipliedFullWidth(by: b)
  return product.high ^ product.low
}

/// Whether `count` bytes are the same.
@inline(__always) func piecesAreEqual(_ a: UnsafePointer<UInt8>, _ b: UnsafePointer<UInt8>, count: Int) -> Bool
{
  var i = 0
  while i &+ 8 <= count {
    let x = UnsafeRawPointer(a + i).loadUnaligned(as: UInt64.self)
    if x != UnsafeRawPointer(b + i).loadUnaligned(as: UInt64.self) { return false }
    i &+= 8
  }
  while i < count {
    if a[i] != b[i] { return false }
    i &+= 1
  }
  return true
}

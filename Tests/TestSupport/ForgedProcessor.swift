import Machine

/// What the CPUID instruction of some processor would answer.
package struct ForgedProcessor: Sendable {
  package var vendor: String
  /// Leaf 1, eax.
  package var signature: UInt32
  package var hasAVX512: Bool
  package var hasBF16: Bool
  package var highestLeaf: UInt32 = 0x10
  package var highestSubleaf: UInt32 = 1
  package var highestExtendedLeaf: UInt32 = 0x8000_0020
  /// XCR0.
  package var enabledState: UInt64 = 0xe7
  /// OSXSAVE.
  package var savesRegisters = true

  package static let zen3 = ForgedProcessor(
    vendor: "AuthenticAMD", signature: 0x00a2_0f10, hasAVX512: false, hasBF16: false)
  package static let zen4 = ForgedProcessor(
    vendor: "AuthenticAMD", signature: 0x00a1_0f11, hasAVX512: true, hasBF16: true)
  package static let zen5 = ForgedProcessor(
    vendor: "AuthenticAMD", signature: 0x00b0_0f21, hasAVX512: true, hasBF16: true)
  package static let iceLake = ForgedProcessor(
    vendor: "GenuineIntel", signature: 0x0006_06a6, hasAVX512: true, hasBF16: false)
  package static let emeraldRapids = ForgedProcessor(
    vendor: "GenuineIntel", signature: 0x000c_06f2, hasAVX512: true, hasBF16: true)
  package static let unknown = ForgedProcessor(
    vendor: "HygonGenuine", signature: 0x0090_0f22, hasAVX512: true, hasBF16: true)

  package var processor: Processor {
    Processor(cpuid: answer) { enabledState }
  }

  private func answer(_ leaf: UInt32, _ subleaf: UInt32) -> [UInt32] {
    let letters = Array(vendor.utf8)
    func word(_ start: Int) -> UInt32 {
      (0..<4).reduce(0) { $0 | UInt32(letters[start + $1]) << (8 * UInt32($1)) }
    }
    let wide: UInt32 = 1 << 16 | 1 << 17 | 1 << 21 | 1 << 28 | 1 << 30 | 1 << 31
    switch (leaf, subleaf) {
    case (0, _): return [highestLeaf, word(0), word(8), word(4)]
    case (1, _):
      let saves: UInt32 = savesRegisters ? 1 << 27 : 0
      return [signature, 0, 1 << 12 | 1 << 20 | 1 << 22 | 1 << 23 | saves | 1 << 28 | 1 << 29, 0]
    case (7, 0):
      let second: UInt32 = 1 << 1 | 1 << 6 | 1 << 8 | 1 << 9 | 1 << 10 | 1 << 11 | 1 << 12 | 1 << 14
      return [highestSubleaf, 1 << 3 | 1 << 5 | 1 << 8 | (hasAVX512 ? wide : 0), hasAVX512 ? second : 0, 0]
    case (7, 1): return [hasBF16 ? 1 << 5 : 0, 0, 0, 0]
    case (0x8000_0000, _): return [highestExtendedLeaf, 0, 0, 0]
    case (0x8000_0001, _): return [0, 0, 1 << 5, 0]
    default: return [.max, .max, .max, .max]
    }
  }
}

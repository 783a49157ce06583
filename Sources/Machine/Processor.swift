import CVector

/// What the processor is, and which of its vector instructions may be used: those that it has and the system saves registers for.
///
/// Source: Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2A, CPUID; AMD64 Architecture Programmer's
/// Manual, volume 3, appendix E.
package struct Processor: Sendable, Equatable {
  package enum Vendor: String, Sendable { case amd = "AuthenticAMD", intel = "GenuineIntel", other }

  /// Instructions that a compiler uses on its own once a target is compiled for them.
  package enum Feature: Int, Sendable, CaseIterable {
    case sse42, popcnt, avx, avx2, fma, f16c, bmi, bmi2, lzcnt, movbe
    case avx512f, avx512dq, avx512bw, avx512vl, avx512cd, avx512vbmi, avx512vbmi2, avx512vnni, avx512bitalg
    case avx512vpopcntdq, avx512ifma, avx512bf16, avx512fp16, gfni, vaes, vpclmulqdq, avxvnni

    /// The leaf, subleaf, register (0 eax … 3 edx) and bit of CPUID that tell of it.
    fileprivate var place: (leaf: UInt32, subleaf: UInt32, register: Int, bit: UInt32) {
      switch self {
      case .sse42: (1, 0, 2, 20)
      case .popcnt: (1, 0, 2, 23)
      case .avx: (1, 0, 2, 28)
      case .fma: (1, 0, 2, 12)
      case .f16c: (1, 0, 2, 29)
      case .movbe: (1, 0, 2, 22)
      case .bmi: (7, 0, 1, 3)
      case .avx2: (7, 0, 1, 5)
      case .bmi2: (7, 0, 1, 8)
      case .lzcnt: (0x8000_0001, 0, 2, 5)
      case .avx512f: (7, 0, 1, 16)
      case .avx512dq: (7, 0, 1, 17)
      case .avx512ifma: (7, 0, 1, 21)
      case .avx512cd: (7, 0, 1, 28)
      case .avx512bw: (7, 0, 1, 30)
      case .avx512vl: (7, 0, 1, 31)
      case .avx512vbmi: (7, 0, 2, 1)
      case .avx512vbmi2: (7, 0, 2, 6)
      case .gfni: (7, 0, 2, 8)
      case .vaes: (7, 0, 2, 9)
      case .vpclmulqdq: (7, 0, 2, 10)
      case .avx512vnni: (7, 0, 2, 11)
      case .avx512bitalg: (7, 0, 2, 12)
      case .avx512vpopcntdq: (7, 0, 2, 14)
      case .avx512fp16: (7, 0, 3, 23)
      case .avxvnni: (7, 1, 0, 4)
      case .avx512bf16: (7, 1, 0, 5)
      }
    }

    /// The bits of XCR0 that the system must have set: for 256-bit registers, and for 512-bit ones with their masks.
    fileprivate var state: UInt64 {
      switch self {
      case .sse42, .popcnt, .bmi, .bmi2, .lzcnt, .movbe, .gfni: 0
      case .avx, .avx2, .fma, .f16c, .vaes, .vpclmulqdq, .avxvnni: 0x06
      default: 0xe6
      }
    }
  }

  package let vendor: Vendor
  /// The family with its extension: 25 for Zen 3 and 4, 26 for Zen 5, 6 for Intel's Core and Xeon.
  package let family: Int
  package let features: Set<Feature>

  package static let current = Processor { leaf, subleaf in
    var registers: (UInt32, UInt32, UInt32, UInt32) = (0, 0, 0, 0)
    // SAFETY: four words, which is what the function writes.
    withUnsafeMutableBytes(of: &registers) {
      quill_cpuid(leaf, subleaf, $0.baseAddress!.assumingMemoryBound(to: UInt32.self))
    }
    return [registers.0, registers.1, registers.2, registers.3]
  } enabledState: {
    quill_enabled_state()
  }

  /// - Parameters:
  ///   - cpuid: eax, ebx, ecx and edx of a leaf and subleaf.
  ///   - enabledState: XCR0; asked only where CPUID says that it can be.
  package init(
    cpuid: (_ leaf: UInt32, _ subleaf: UInt32) -> [UInt32], enabledState: () -> UInt64
  ) {
    let basic = cpuid(0, 0)
    let name = [basic[1], basic[3], basic[2]].flatMap { word in
      (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * UInt32($0))) }
    }
    vendor = Vendor(rawValue: String(decoding: name, as: UTF8.self)) ?? .other
    let signature = cpuid(1, 0)
    let base = Int(signature[0] >> 8 & 0xf)
    family = base == 0xf ? base + Int(signature[0] >> 20 & 0xff) : base
    // OSXSAVE: the system uses XSAVE, and XGETBV answers.
    let enabled = signature[2] >> 27 & 1 == 1 ? enabledState() : 0
    let extended = cpuid(0x8000_0000, 0)[0]
    let subleaves = basic[0] >= 7 ? cpuid(7, 0)[0] : 0
    features = Set(
      Feature.allCases.filter { feature in
        let place = feature.place
        let exists =
          place.leaf >= 0x8000_0000
          ? place.leaf <= extended : place.leaf <= basic[0] && (place.leaf != 7 || place.subleaf <= subleaves)
        return exists && enabled & feature.state == feature.state
          && cpuid(place.leaf, place.subleaf)[place.register] >> place.bit & 1 == 1
      })
  }
}

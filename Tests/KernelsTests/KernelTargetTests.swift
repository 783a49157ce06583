import Compute
import Kernels
import Machine
import TestSupport
import Testing

/// Which number format a processor gets, and what is said to one that the kernels were not built for.
@Suite(.timeLimit(.minutes(20))) struct KernelTargetTests {
  @Test func amdsBF16IsFasterAndIntelsIsNot() {
    let native = Set(Processor.Feature.allCases)
    for fast in [ForgedProcessor.zen4, .zen5] {
      #expect(Precision.recommended(for: fast.processor, kernels: native) == .bf16)
    }
    for slow in [ForgedProcessor.zen3, .iceLake, .emeraldRapids, .unknown] {
      #expect(Precision.recommended(for: slow.processor, kernels: native) == .fp32)
    }
  }

  /// Kernels for AVX2 spell the bf16 dot product out; a system that does not save 512-bit registers forbids it.
  @Test func bf16NeedsItsInstructionInKernelsAndSystem() {
    let zen4 = ForgedProcessor.zen4
    #expect(Precision.recommended(for: zen4.processor, kernels: [.avx2, .fma]) == .fp32)
    var narrow = zen4
    narrow.enabledState = 0x07
    #expect(Precision.recommended(for: narrow.processor, kernels: [.avx512bf16]) == .fp32)
  }

  @Test func theMachineAtHandHasWhatTheKernelsWereBuiltFor() {
    #expect(Processor.current.complaint(aboutProgramOf: KernelTarget.features) == nil)
    let expected: Precision =
      Processor.current.vendor == .amd && Processor.current.features.contains(.avx512bf16)
        && KernelTarget.features.contains(.avx512bf16) ? .bf16 : .fp32
    #expect(Precision.recommended == expected && Precision.Choice.auto.definite == expected)
  }

  @Test func aLesserProcessorIsToldWhatItLacksAndWhatToBuild() throws {
    let native: Set<Processor.Feature> = [.avx2, .fma, .avx512f, .avx512bf16]
    let haswell = try #require(ForgedProcessor.zen3.processor.complaint(aboutProgramOf: native))
    #expect(haswell.contains("avx512f, avx512bf16") && haswell.contains("QUILL_MARCH=x86-64-v3 swift build"))
    #expect(!haswell.contains("\n"))
    var old = ForgedProcessor.zen3
    old.savesRegisters = false
    let nehalem = try #require(old.processor.complaint(aboutProgramOf: native))
    #expect(nehalem.contains("QUILL_MARCH=x86-64 swift build"))
    #expect(ForgedProcessor.zen4.processor.complaint(aboutProgramOf: native) == nil)
  }
}

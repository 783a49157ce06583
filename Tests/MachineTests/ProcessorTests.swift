import Machine
import Testing
import TestSupport

@Suite(.timeLimit(.minutes(20))) struct ProcessorTests {
  @Test func processorsAreToldByVendorAndFamily() {
    #expect(ForgedProcessor.zen4.processor.vendor == .amd && ForgedProcessor.zen4.processor.family == 25)
    #expect(ForgedProcessor.zen5.processor.family == 26)
    #expect(ForgedProcessor.emeraldRapids.processor.vendor == .intel)
    #expect(ForgedProcessor.emeraldRapids.processor.family == 6)
    #expect(ForgedProcessor.unknown.processor.vendor == .other)
  }

  @Test func instructionsCountOnlyWhereTheSystemSavesTheirRegisters() {
    var forged = ForgedProcessor.zen4
    #expect(forged.processor.features.isSuperset(of: [.avx2, .avx512f, .avx512bf16]))
    forged.enabledState = 0x07
    #expect(forged.processor.features.contains(.avx2) && !forged.processor.features.contains(.avx512f))
    #expect(!forged.processor.features.contains(.avx512bf16))
    forged.savesRegisters = false
    #expect(!forged.processor.features.contains(.avx2) && forged.processor.features.contains(.bmi2))
  }

  /// Intel answers a leaf above the highest with the highest one's data: they must not be read as features.
  @Test func leavesAndSubleavesThatAreNotThereTellNothing() {
    var forged = ForgedProcessor.zen4
    forged.highestSubleaf = 0
    #expect(!forged.processor.features.contains(.avx512bf16) && forged.processor.features.contains(.avx512f))
    forged.highestLeaf = 6
    #expect(!forged.processor.features.contains(.avx2) && forged.processor.features.contains(.fma))
    forged.highestExtendedLeaf = 0x8000_0000
    #expect(!forged.processor.features.contains(.lzcnt))
  }
}

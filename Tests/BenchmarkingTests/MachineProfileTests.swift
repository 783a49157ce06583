import Testing

@testable import Benchmarking

@Suite(.timeLimit(.minutes(20))) struct MachineProfileTests {
  @Test func bandwidthIsThatOfTheSmallestSizeThatHolds() {
    let machine = MachineProfile(
      threadCount: 2, bf16Peak: 1e12, fp32Peak: 5e11,
      readBandwidth: [(1 << 20, 3e11), (8 << 20, 1e11), (1 << 29, 3e10)],
      openBLAS: OpenBLASCore(name: "Zen", environment: nil, processor: .avx2))
    #expect(machine.bandwidth(over: 1) == 3e11)
    #expect(machine.bandwidth(over: 1_048_576) == 3e11)
    #expect(machine.bandwidth(over: 2_000_000) == 1e11)
    #expect(machine.bandwidth(over: 1e12) == 3e10)
  }

  @Test(
    arguments: [
      ("Prescott", nil, OpenBLASCore.VectorLevel.avx512, "SkylakeX"),
      ("Haswell", "Haswell", .avx512, "unset it"),
      ("Nehalem", nil, .avx2, "Haswell"),
    ] as [(String, String?, OpenBLASCore.VectorLevel, String)])
  func poorerKernelsThanTheProcessorAllowsAreWarnedOf(
    name: String, environment: String?, processor: OpenBLASCore.VectorLevel, words: String
  ) {
    let core = OpenBLASCore(name: name, environment: environment, processor: processor)
    #expect(core.warning?.contains(words) == true)
  }

  @Test(
    arguments: [
      ("SkylakeX", nil, OpenBLASCore.VectorLevel.avx512), ("Cooperlake", "Cooperlake", .avx512),
      ("Zen", "Zen", .avx2),
      ("Prescott", nil, .sse),
    ] as [(String, String?, OpenBLASCore.VectorLevel)])
  func kernelsThatUseTheProcessorGiveNoWarning(
    name: String, environment: String?, processor: OpenBLASCore.VectorLevel
  ) {
    #expect(OpenBLASCore(name: name, environment: environment, processor: processor).warning == nil)
  }
}

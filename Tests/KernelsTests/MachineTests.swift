import Compute
import Kernels
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(20))) struct MachineTests {
  /// One thread of any processor since 2010 does more than 10⁸ operations per second, none more than 10¹³.
  @Test(arguments: Precision.allCases)
  func peakIsPlausible(precision: Precision) {
    let pool = startedPool(threadCount: 1)
    let peak = MachinePeak.measure(precision, pool: pool, milliseconds: 1)
    #expect(peak.isFinite && peak > 1e8 && peak < 1e13)
  }

}

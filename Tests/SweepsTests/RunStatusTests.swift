import Sweeps
import Testing

struct RunStatusTests {
  @Test func everyStatusHasTheNameWrittenToDisk() {
    #expect(RunStatus.allCases.map(\.rawValue) == ["finished", "diverged", "failed"])
  }
}

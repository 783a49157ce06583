import Sweeps
import Testing

@Suite(.timeLimit(.minutes(20))) struct RunStatusTests {
  @Test func everyStatusHasTheNameWrittenToDisk() {
    #expect(RunStatus.allCases.map(\.rawValue) == ["finished", "diverged", "failed"])
  }
}

import Testing

@testable import Sweeps

@Suite struct PaceTests {
  @Test func aLineIsDueOnceInAnInterval() {
    let start = ContinuousClock.now
    var pace = Pace(.seconds(60), from: start)
    func due(_ seconds: Int) -> Bool { pace.isDue(at: start + .seconds(seconds)) }
    #expect([0, 59, 60, 61, 119, 120, 300].map { due($0) } == [false, false, true, false, false, true, true])
    pace.restart(at: start + .seconds(350))
    #expect(!due(409) && due(410))
  }
}

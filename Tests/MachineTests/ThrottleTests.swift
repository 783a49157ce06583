import Machine
import Testing

@Suite(.timeLimit(.minutes(20))) struct ThrottleTests {
  @Test func somethingIsDueOnceInAnInterval() {
    let start = ContinuousClock.now
    var throttle = Throttle(every: .seconds(60), from: start)
    func due(_ seconds: Int) -> Bool { throttle.isDue(at: start + .seconds(seconds)) }
    #expect([0, 59, 60, 61, 119, 120, 300].map { due($0) } == [false, false, true, false, false, true, true])
    throttle.restart(at: start + .seconds(350))
    #expect(!due(409) && due(410))
  }

  @Test func withoutAStartTheFirstTimeIsAtOnce() {
    let now = ContinuousClock.now
    var throttle = Throttle(every: .seconds(60), from: nil)
    #expect([0, 1, 60].map { throttle.isDue(at: now + .seconds($0)) } == [true, false, true])
  }
}

import Foundation
import Testing
import Training

@Suite(.timeLimit(.minutes(20))) struct ScheduleTests {
  /// nanoGPT's `get_lr` with learning_rate 1e-3, min_lr 1e-4, warmup_iters 100, lr_decay_iters 2000,
  /// evaluated by Python.
  @Test(arguments: [
    (0, 9.900990099009901e-06), (50, 5.049504950495050e-04), (99, 9.900990099009901e-04), (100, 1e-3),
    (575, 8.681980515339464e-04), (1050, 5.5e-4), (1525, 2.3180194846605365e-04), (2000, 1e-4), (3000, 1e-4),
  ])
  func cosineEqualsNanoGPT(step: Int, expected: Double) {
    let schedule = Schedule(.cosine, peak: 1e-3, minimum: 1e-4, warmupSteps: 100, stepCount: 2000)
    #expect(abs(schedule(step) / expected - 1) < 1e-14)
  }

  @Test func linearFallsByEqualSteps() {
    let schedule = Schedule(.linear, peak: 1, minimum: 0.2, warmupSteps: 1, stepCount: 9)
    let values = (0...9).map { (schedule($0) * 10).rounded() / 10 }
    #expect(values == [0.5, 1, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2])
  }

  @Test func constantStaysAtItsPeakAfterWarmup() {
    let schedule = Schedule(.constant, peak: 3, minimum: 1, warmupSteps: 2, stepCount: 10)
    #expect([0, 1, 2, 9, 50].map { schedule($0) } == [1, 2, 3, 3, 3])
  }

  @Test func warmupStableDecayFallsAsOneMinusSquareRoot() {
    let schedule = Schedule(.wsd, peak: 1, minimum: 0, warmupSteps: 10, stepCount: 100, decayFraction: 0.16)
    #expect(schedule(9) == 10.0 / 11)
    #expect(schedule(10) == 1)
    #expect(schedule(84) == 1)
    #expect(schedule(85) == 0.75)
    #expect(schedule(88) == 0.5)
    #expect(schedule(93) == 0.25)
    #expect(schedule(100) == 0)
  }

  @Test func decayLongerThanTheRunStartsAfterWarmup() {
    let schedule = Schedule(.wsd, peak: 1, warmupSteps: 50, stepCount: 100, decayFraction: 1)
    #expect(schedule(49) < 1)
    #expect(schedule(50) == 1)
    #expect(schedule(51) < 1)
  }

  @Test(arguments: Schedule.Shape.allCases)
  func everyScheduleStaysBetweenMinimumAndPeakAfterWarmup(shape: Schedule.Shape) {
    let schedule = Schedule(shape, peak: 2, minimum: 0.5, warmupSteps: 3, stepCount: 40)
    var last = schedule(3)
    #expect(last == 2)
    for step in 4...50 {
      let value = schedule(step)
      #expect(value <= last && value >= 0.5)
      last = value
    }
  }
}

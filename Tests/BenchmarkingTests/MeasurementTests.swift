import Testing

@testable import Benchmarking

@Suite(.timeLimit(.minutes(20))) struct MeasurementTests {
  @Test func medianAndSpreadOfTheMiddle() {
    let measurement = Measurement(seconds: [1, 2, 2, 2, 2, 3, 3, 3, 3, 9])
    #expect(measurement.median == 3)
    #expect(measurement.spread == 1.0 / 3)
    #expect(measurement.divided(by: 2).median == 1.5)
  }

  @Test func theFirstRunDoesNotCount() {
    var runs = 0
    let measurement = Measurement.reported(minimumCount: 5, budget: 0) {
      runs += 1
      return Double(runs)
    }
    #expect(measurement.seconds == [2, 3, 4, 5, 6])
  }
}

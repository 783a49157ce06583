import Foundation
import TestSupport
import Testing

@testable import Training

@Suite struct TrainingHabitsTests {
  static func sparse(steps: Set<Int> = [], windows: Int? = nil) -> TrainingHabits {
    var habits = TrainingHabits()
    habits.measuresSpeed = false
    habits.checkpoints = .sparse(seconds: 1e9, steps: steps)
    habits.evaluationWindows = windows
    return habits
  }

  @Test func habitsDoNotChangeARunsRecords() throws {
    try withTemporaryFolder { parent in
      let (usual, lean) = (parent.appendingPathComponent("usual"), parent.appendingPathComponent("lean"))
      _ = try TrainingRunTests.run(usual)
      let outcome = try TrainingRunTests.run(lean, habits: Self.sparse())
      #expect(outcome.shareOfPeak == nil)
      #expect(try TrainingRunTests.pureRecords(usual) == TrainingRunTests.pureRecords(lean))
      #expect(try RunFolder(lean).steps().isEmpty)
    }
  }

  @Test func chosenStepsKeepTheirCheckpoints() throws {
    try withTemporaryFolder { parent in
      let folder = parent.appendingPathComponent("run")
      _ = try TrainingRunTests.run(folder, ["keep=1"], habits: Self.sparse(steps: [3, 17, 40]))
      #expect(try RunFolder(folder).steps() == [3, 17, 40])
    }
  }

  @Test func anOldCheckpointIsFollowedByANewOne() throws {
    try withTemporaryFolder { parent in
      let folder = parent.appendingPathComponent("run")
      var habits = Self.sparse()
      habits.checkpoints = .sparse(seconds: 0, steps: [])
      _ = try TrainingRunTests.run(folder, ["steps=5", "warmup=1", "keep=1"], habits: habits)
      #expect(try RunFolder(folder).steps() == [5])
    }
  }

  @Test func windowsAreSpreadOverTheSplit() throws {
    let data = MemoryData(validationTokens: 161)
    let all = try data.validationWindows(windowLength: 16)
    #expect(all.count == 10)
    let some = SpreadWindows(all, windowLength: 16, limit: 4)
    let (inputs, targets) = (
      UnsafeMutableBufferPointer<Int32>.allocate(capacity: 16 * 5),
      UnsafeMutableBufferPointer<Int32>.allocate(capacity: 16 * 5)
    )
    defer {
      inputs.deallocate()
      targets.deallocate()
    }
    _ = try some.read(0, rowCount: 5, into: inputs, targets: targets, documentStarts: nil)
    for (row, window) in [0, 2, 5, 7].enumerated() {
      let expected = Array(data.validation[window * 16..<window * 16 + 16])
      #expect(Array(inputs[row * 16..<row * 16 + 16]) == expected)
    }
    #expect(targets[64...].allSatisfy { $0 == -1 }, "a row past the last window counts for nothing")
    #expect(SpreadWindows(all, windowLength: 16, limit: nil).count == 10)
    #expect(SpreadWindows(all, windowLength: 16, limit: 99).count == 10)
  }
}

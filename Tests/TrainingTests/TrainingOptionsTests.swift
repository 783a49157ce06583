import Foundation
import TestSupport
import Testing

@testable import Training

/// What a run does besides training.
@Suite(.timeLimit(.minutes(20))) struct TrainingOptionsTests {
  static func sparse(steps: Set<Int> = [], seconds: Double = 1e9) -> (inout TrainingOptions) -> Void {
    {
      $0.measuresSpeed = false
      $0.checkpoints = .sparse(seconds: seconds, steps: steps)
    }
  }

  @Test func whatARunDoesBesidesTrainingChangesNoRecord() throws {
    try withTemporaryFolder { parent in
      let (usual, lean) = (parent.appendingPathComponent("usual"), parent.appendingPathComponent("lean"))
      _ = try TrainingRunTests.run(usual)
      let outcome = try TrainingRunTests.run(lean, adjust: Self.sparse())
      #expect(outcome.shareOfPeak == nil)
      #expect(try TrainingRunTests.pureRecords(usual) == TrainingRunTests.pureRecords(lean))
      #expect(try RunFolder(lean).steps().isEmpty)
    }
  }

  @Test func chosenStepsKeepTheirCheckpoints() throws {
    try withTemporaryFolder { parent in
      let folder = parent.appendingPathComponent("run")
      _ = try TrainingRunTests.run(folder, ["keep=1"], adjust: Self.sparse(steps: [3, 17, 40]))
      #expect(try RunFolder(folder).steps() == [3, 17, 40])
    }
  }

  @Test func anOldCheckpointIsFollowedByANewOne() throws {
    try withTemporaryFolder { parent in
      let folder = parent.appendingPathComponent("run")
      _ = try TrainingRunTests.run(folder, ["steps=5", "warmup=1", "keep=1"], adjust: Self.sparse(seconds: 0))
      #expect(try RunFolder(folder).steps() == [5])
    }
  }
}

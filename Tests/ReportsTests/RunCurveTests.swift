import Foundation
import ScalingLaws
import Storage
import TestSupport
import Testing
import Training

@testable import Reports
@testable import Sweeps

/// Which runs' training curves approach 1 may use.
@Suite(.timeLimit(.minutes(20))) struct RunCurveTests {
  /// Writes metrics of 100 steps whose loss falls with the tokens, as the record counts them.
  private func writeMetrics(_ record: SweepRecord, _ folder: SweepFolder) throws {
    let lines = (1...100).map { step -> String in
      let tokens = step * record.batchTokens
      let loss =
        SyntheticSweep.truth[0] + SyntheticSweep.truth[1]
        * pow(Double(record.parameters), -SyntheticSweep.truth[2])
        + SyntheticSweep.truth[3] * pow(Double(tokens), -SyntheticSweep.truth[4])
      return MetricsRecord.train(
        step: step, loss: loss, learningRate: 0.01, gradientNorm: 1, tokens: record.batchTokens
      ).json.compactText + "\n"
    }
    try FilePath.createFolder(folder.runPath(record.id))
    try AtomicFile.write(
      FilePath.join(folder.runPath(record.id), MetricsFile.name), lines.joined())
  }

  /// A record of 100 steps.
  private func shaped(
    _ record: SweepRecord, _ schedule: String, warmup: Int = 5, decay: Int = 0
  ) -> SweepRecord {
    var record = record
    let before = Double(record.tokens)
    record.batchTokens = record.tokens / 100
    record.tokens = 100 * record.batchTokens
    record.flops *= Double(record.tokens) / before
    record.flops6ND *= Double(record.tokens) / before
    record.uniqueTokens = record.tokens
    record.schedule = schedule
    record.warmupTokens = warmup * record.batchTokens
    record.decayTokens = decay * record.batchTokens
    return record
  }

  @Test func onlyTheUndecayedPartOfConstantRatesCounts() throws {
    try SyntheticSweep.with { folder, _ in
      let record = try folder.records()[0]
      /// The first and the last step of the part that counts.
      func steps(_ record: SweepRecord) throws -> ClosedRange<Int>? {
        try writeMetrics(record, folder)
        let curve = try #require(try RunCurve(record, in: folder)).undecayed
        return curve.map { curve in
          let steps = curve.points.map { Int(($0.tokens / Double(record.batchTokens)).rounded()) }
          return steps.min()!...steps.max()!
        }
      }
      let constant = try #require(try steps(shaped(record, "constant")))
      // The warmup's end; the middle of the last five steps.
      #expect(constant == 5...98)
      let stable = try #require(try steps(shaped(record, "wsd", decay: 20)))
      // Of the curve's points the last before step 80: the middle of the five up to step 81.
      #expect(stable == 5...79)
      #expect(try steps(shaped(record, "cosine", decay: 95)) == nil)
      #expect(try steps(shaped(record, "linear", decay: 20)) == nil)
      // All decay, as a branch is.
      #expect(try steps(shaped(record, "wsd", warmup: 0, decay: 100)) == nil)
      // A corpus of a third of the tokens: after one epoch a batch's loss is no longer that of unseen text.
      var repeating = shaped(record, "constant")
      repeating.uniqueTokens = repeating.tokens / 3
      #expect(try steps(repeating) == 5...33)
      for (role, status) in [
        (RunRole.verification, RunStatus.finished), (.rate, .finished), (.trunk, .diverged),
      ] {
        var other = shaped(record, "constant")
        (other.role, other.status) = (role, status)
        #expect(try steps(other) == nil, "\(role)")
      }
    }
  }

  /// A warmup-stable-decay sweep, and the same runs under cosines.
  @Test(arguments: ["wsd", "cosine"])
  func reportAndFitTakeTheSameCurves(_ schedule: String) throws {
    try SyntheticSweep.with { folder, _ in
      for record in try folder.records() {
        let shaped = shaped(record, schedule, decay: schedule == "wsd" ? 20 : 95)
        try folder.append(shaped)
        try writeMetrics(shaped, folder)
      }
      let expected = schedule == "wsd"
      let report = try SweepReport(folder)
      #expect(report.curves.count == (try folder.records().count { $0.role != .rate }))
      let columns = try RunTable(file: folder.tablePath).columns
      let found = try folder.undecayedCurves(columns)
      let row = report.approaches.first { $0.name == "1 curves" }
      #expect((row != nil) == expected && found.damaged == 0)
      #expect(found.curves.count == (expected ? report.fitted.count : 0))
      #expect(row?.basis.contains("\(found.curves.count) curves") ?? true)
      // Under another count of parameters and compute the same points move.
      var others = columns
      (others.parameters, others.flops) = ("params_6n", "flops_6nd")
      let moved = try folder.undecayedCurves(others).curves
      #expect(moved.count == found.curves.count)
      for (one, two) in pairs(found.curves, moved) {
        #expect(one.parameters != two.parameters && one.points[0].tokens == two.points[0].tokens)
        // Three products and a quotient to the record's compute per token, a product to the point's, two products and a quotient here.
        let expected = 6 * two.parameters * two.points[0].tokens
        #expect(abs(two.points[0].flops / expected - 1) <= Rounding.gamma(8))
      }
      others.parameters = "width_of_nothing"
      #expect(try folder.undecayedCurves(others).curves.isEmpty)
    }
  }

  @Test func damagedMetricsAreCountedNotFatal() throws {
    try SyntheticSweep.with { folder, _ in
      let record = shaped(try folder.records()[0], "wsd", decay: 20)
      try folder.append(record)
      try writeMetrics(record, folder)
      let path = FilePath.join(folder.runPath(record.id), MetricsFile.name)
      try AtomicFile.write(path, "{\"type\": \"train\"\n")
      let found = try folder.undecayedCurves(try RunTable(file: folder.tablePath).columns)
      #expect(found.damaged == 1 && found.curves.isEmpty)
    }
  }
}

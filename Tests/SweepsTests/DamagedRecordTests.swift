import Insight
import Storage
import TestSupport
import Testing

@testable import Sweeps

/// Numbers of a sweep's files that fit their own ranges, but not each other.
@Suite(.timeLimit(.minutes(20))) struct DamagedRecordTests {
  /// A sum of all that were asked would not fit 64 bits.
  @Test func moreQuestionsThanAnyoneAsksAreRefused() {
    let level: JSONValue = ["difficulty": 0, "asked": .integer(1 << 60), "right": 0, "chance": 0.5]
    expectError(.badData, containing: "levels[0].asked") {
      _ = try QuestionScore(
        json: JSONNode(["levels": .array(Array(repeating: level, count: 9))], place: "runs.jsonl"))
    }
  }

  /// Laws are fitted to their logarithms: of zero FLOPs, the report ended the program.
  @Test(arguments: ["params", "params_nonembedding", "tokens", "batch_tokens", "flops", "flops_6nd"])
  func aRunOfNothingIsRefused(field: String) throws {
    try TinySweep.with { tiny in
      let run = try tiny.plan().runs[0]
      guard case .object(var object) = try SweepRecord(run, tiny.folder.plan(), threads: 1).json else { return }
      #expect(try SweepRecord(json: JSONNode(.object(object), place: "runs.jsonl")).id == run.id)
      object[field] = 0
      expectError(.badData, containing: "runs.jsonl, key \(field)") {
        _ = try SweepRecord(json: JSONNode(.object(object), place: "runs.jsonl"))
      }
    }
  }

  @Test func aRunThatIsStillAutomaticIsRefused() throws {
    try TinySweep.with { tiny in
      _ = try tiny.plan()
      let text = try String(decoding: content(tiny.folder.planPath), as: UTF8.self)
      for key in ["warmup", "min_lr", "steps", "eval_every"] {
        let damaged = text.replacing(try Regex("\"\(key)\": [0-9.e-]+"), with: "\"\(key)\": \"auto\"")
        #expect(damaged != text)
        try AtomicFile.write(tiny.folder.planPath, damaged)
        expectError(
          .badData, containing: "plan.json", "runs[0].configuration", "train.\(key) is still automatic"
        ) {
          _ = try tiny.folder.plan()
        }
      }
    }
  }

  @Test func anIntervalUpsideDownIsRefused() throws {
    try TinySweep.with { tiny in
      let path = tiny.folder.fitPath(SweepVerification.name)
      try FilePath.createFolder(FilePath.parent(of: path))
      func write(_ low: Double, _ high: Double) throws {
        let json: JSONValue = [
          "id": "0", "model": "L1d16", "params": 8000, "tokens": 160_000, "flops": 1e10, "extrapolation": 10,
          "fitted_runs": 12, "predicted": 3.5, "low": .number(low), "high": .number(high), "observed": 3.6,
        ]
        try AtomicFile.write(path, json.prettyText)
      }
      try write(3.25, 3.75)
      #expect(try tiny.folder.verification()?.isInside == true)
      try write(3.75, 3.25)
      expectError(.badData, containing: "verification.json", "low 3.75 is above high 3.25") {
        _ = try tiny.folder.verification()
      }
    }
  }
}

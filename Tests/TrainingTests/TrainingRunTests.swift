import Foundation
import Storage
import TestSupport
import Testing

@testable import Training

@Suite(.timeLimit(.minutes(20))) struct TrainingRunTests {
  static let small = [
    "layers=2", "width=32", "heads=2", "context=16", "batch=4", "steps=40", "eval_every=10", "lr=5e-3",
    "warmup=5", "dropout=0.1", "threads=2", "keep=2",
  ]

  static func run(
    _ folder: URL, _ assignments: [String] = [], resume: Bool = false, data: CycleCorpus = CycleCorpus(),
    interruption: () -> Int32? = { nil }, adjust: (inout TrainingOptions) -> Void = { $0.measuresSpeed = false }
  ) throws -> TrainingOutcome {
    var options = TrainingOptions(
      corpus: try data.pack(in: folder.deletingLastPathComponent()), output: folder,
      assignments: resume ? assignments : small + assignments, resume: resume)
    adjust(&options)
    return try TrainingRun(options, reporter: SilentReporter()).run(interruption: interruption)
  }

  /// Interrupts at the `count`-th question.
  static func interrupt(after count: Int) -> () -> Int32? {
    var questions = 0
    return {
      questions += 1
      return questions > count ? SIGINT : nil
    }
  }

  static func bytes(_ folder: URL, _ name: String) throws -> Data {
    try Data(contentsOf: folder.appendingPathComponent(name))
  }

  /// The records that do not depend on the machine and the moment.
  static func pureRecords(_ folder: URL) throws -> [MetricsRecord] {
    try MetricsFile.records(RunFolder(folder).metricsPath).filter {
      switch $0 {
      case .train, .evaluation: true
      case .timing, .event: false
      }
    }
  }

  static func kind(_ body: () throws -> Void) -> QuillError.Kind? {
    do { try body() } catch let error as QuillError { return error.kind } catch {}
    return nil
  }

  @Test func aRunLearnsAndLeavesWhatItShould() throws {
    try withTemporaryFolder { parent in
      let folder = parent.appendingPathComponent("run")
      let outcome = try Self.run(folder, adjust: { _ in })
      #expect(outcome.ending == .finished)
      #expect(outcome.steps == 40 && outcome.tokens == 40 * 64)
      #expect(outcome.validationLoss! < 2, "a uniform guess among the letters costs 2.83")
      #expect(outcome.bestValidationLoss! <= outcome.validationLoss!)
      #expect(outcome.bitsPerByte! > 0)
      #expect(try RunFolder(folder).steps() == [30, 40])
      for name in RunFolder.plainFileNames + ["run.json", "metrics.jsonl"] {
        #expect(FileManager.default.fileExists(atPath: folder.appendingPathComponent(name).path), "\(name)")
      }
      let records = try Self.pureRecords(folder)
      #expect(records.count == 44)
      #expect(
        AtomicLink.target(of: folder.appendingPathComponent("model.safetensors").path)
          == "best/model.safetensors")
    }
  }

  @Test(arguments: [3, 10, 17, 34, 41])
  func resumedRunEqualsUninterruptedRun(questions: Int) throws {
    try withTemporaryFolder { parent in
      let (whole, broken) = (parent.appendingPathComponent("whole"), parent.appendingPathComponent("broken"))
      _ = try Self.run(whole, ["accumulation=2"])
      let first = try Self.run(broken, ["accumulation=2"], interruption: Self.interrupt(after: questions))
      #expect(first.ending == .interrupted && first.signal == SIGINT)
      let last = try Self.run(broken, resume: true)
      #expect(last.ending == .finished)
      for name in ["model.safetensors", "training/optimizer.safetensors", "training/state.json", "config.json"]
      {
        #expect(
          try Self.bytes(whole, "step-00000040/\(name)") == Self.bytes(broken, "step-00000040/\(name)"),
          "\(name)")
      }
      #expect(try Self.pureRecords(whole) == Self.pureRecords(broken))
      #expect(try Self.bytes(whole, "model.safetensors") == Self.bytes(broken, "model.safetensors"))
    }
  }

  @Test(arguments: ["adamw", "sgd"], ["fp32", "bf16"])
  func oneAndTwoThreadsGiveTheSameBits(optimizer: String, precision: String) throws {
    try withTemporaryFolder { parent in
      let folders = [1, 2].map { parent.appendingPathComponent("\($0)") }
      for (index, folder) in folders.enumerated() {
        _ = try Self.run(
          folder, ["steps=50", "threads=\(index + 1)", "optimizer=\(optimizer)", "precision=\(precision)"])
      }
      let name = "step-00000050/model.safetensors"
      #expect(try Self.bytes(folders[0], name) == Self.bytes(folders[1], name))
      #expect(try Self.pureRecords(folders[0]) == Self.pureRecords(folders[1]))
    }
  }

  @Test(arguments: ["gpt2", "llama", "qwen3"])
  func everyFamilyResumes(family: String) throws {
    try withTemporaryFolder { parent in
      let folder = parent.appendingPathComponent("run")
      _ = try Self.run(folder, ["family=\(family)", "tied=false"], interruption: Self.interrupt(after: 12))
      let outcome = try Self.run(folder, resume: true)
      #expect(outcome.steps == 40)
    }
  }

  @Test func aFinishedRunResumesToItsOutcomeAndToMoreSteps() throws {
    try withTemporaryFolder { parent in
      let folder = parent.appendingPathComponent("run")
      let first = try Self.run(folder)
      let again = try Self.run(folder, resume: true)
      #expect(again.validationLoss == first.validationLoss && again.steps == 40)
      let more = try Self.run(folder, ["steps=60"], resume: true)
      #expect(more.steps == 60)
    }
  }

  @Test func aLossThatIsNotFiniteKeepsTheLastGoodCheckpoint() throws {
    try withTemporaryFolder { parent in
      let folder = parent.appendingPathComponent("run")
      _ = try Self.run(folder, interruption: Self.interrupt(after: 25))
      let steps = try RunFolder(folder).steps()
      let weights = try Self.bytes(folder, "model.safetensors")
      let problem = Self.kind { _ = try Self.run(folder, ["lr=1e38", "min_lr=1e38"], resume: true) }
      #expect(problem == .divergence)
      #expect(try RunFolder(folder).steps() == steps)
      #expect(try Self.bytes(folder, "model.safetensors") == weights)
      for step in steps { try RunFolder(folder).verify(step: step) }
      #expect(try Self.run(folder, resume: true).ending == .finished)
    }
  }

  @Test func patienceEndsARunAndTheBestCheckpointStays() throws {
    try withTemporaryFolder { parent in
      let folder = parent.appendingPathComponent("run")
      // Twelve windows are soon known by heart.
      let data = CycleCorpus(trainingTokens: 40, validationTokens: 200)
      let outcome = try Self.run(
        folder, ["steps=2000", "patience=3", "keep=1", "dropout=0", "warmup=0"], data: data)
      #expect(outcome.ending == .stoppedEarly)
      let best = try #require(outcome.bestStep)
      #expect(outcome.steps == best + 30)
      #expect(try RunFolder(folder).steps() == [best, outcome.steps])
      #expect(AtomicLink.target(of: folder.path + "/best") == "step-" + String(format: "%08d", best))
    }
  }

  @Test func aBitFlippedCheckpointIsRejected() throws {
    try withTemporaryFolder { parent in
      let folder = parent.appendingPathComponent("run")
      _ = try Self.run(folder, ["keep=1"])
      for name in ["model.safetensors", "training/state.json", "training/optimizer.safetensors"] {
        let file = folder.appendingPathComponent("step-00000040/\(name)")
        let original = try Data(contentsOf: file)
        var damaged = original
        damaged[damaged.count / 2] ^= 4
        try damaged.write(to: file)
        #expect(Self.kind { _ = try Self.run(folder, resume: true) } == .badData, "\(name)")
        // Who only reads the model reads nothing of what training goes on from, and does not wait for its hashes.
        let isRead = !name.hasPrefix("training/")
        #expect(
          Self.kind { _ = try RunFolder.modelFolder(at: folder, step: 40) } == (isRead ? .badData : nil),
          "\(name)")
        try original[..<(original.count / 3)].write(to: file)
        #expect(Self.kind { _ = try Self.run(folder, resume: true) } == .badData, "truncated \(name)")
        try original.write(to: file)
      }
      try FileManager.default.removeItem(at: folder.appendingPathComponent("step-00000040/manifest.sha256"))
      #expect(Self.kind { _ = try RunFolder.modelFolder(at: folder, step: 40) } == .badData)
    }
  }

  @Test func aSaveThatFailsLeavesTheOldCheckpoints() throws {
    try withTemporaryFolder { parent in
      let folder = parent.appendingPathComponent("run")
      _ = try Self.run(folder, interruption: Self.interrupt(after: 15))
      let run = RunFolder(folder)
      let steps = try run.steps()
      let state = try run.state(step: steps.last!)
      var next = state
      next.step += 1
      next.windows += next.configuration.train.windowsPerStep
      #expect(
        Self.kind {
          try run.publish(next) { (draft) throws(QuillError) in
            try draft.write("model.safetensors", [UInt8](repeating: 1, count: 100_000))
            throw QuillError(.inputOutput, at: "model.safetensors", "cannot write: No space left on device")
          }
        } == .inputOutput)
      #expect(try run.steps() == steps)
      try run.verify(step: steps.last!)
      let leftovers = try FilePath.list(folder.path).filter { $0.contains("tmp") }
      #expect(leftovers == [])
      #expect(try Self.run(folder, resume: true).ending == .finished)
    }
  }

  @Test func pruningKeepsTheNewestAndTheBest() throws {
    try withTemporaryFolder { parent in
      let run = RunFolder(parent.appendingPathComponent("run"))
      var configuration = RunConfiguration()
      configuration.train.keep = 2
      configuration.train.precision = .fp32
      configuration = try configuration.resolved(
        for: .init(vocabularySize: 64, trainingTokens: 100_000, validationTokens: 1_000))
      var state = TrainingState(configuration: configuration, corpusPath: "c", corpusIdentity: "i")
      let losses = [3.0, 1.0, 2.0, 2.5, 1.5]
      for (index, loss) in losses.enumerated() {
        state.step = 10 * (index + 1)
        state.windows = state.step * configuration.train.windowsPerStep
        _ = state.record(
          EvaluationResult(loss: loss, standardError: 0, perplexity: exp(loss), tokens: 1, bytes: 1))
        try run.publish(state) { (draft) throws(QuillError) in try draft.write("config.json", "{}") }
        #expect(try run.steps().last == state.step)
      }
      #expect(try run.steps() == [20, 40, 50])
      #expect(try run.bestStep() == 20)
      #expect(try RunFolder.modelFolder(at: run.path) == run.checkpointPath(step: 20))
      try FilePath.remove(run.checkpointPath(step: 20))
      #expect(try run.bestStep() == 50)
    }
  }

  @Test func theFolderMoves() throws {
    try withTemporaryFolder { parent in
      let (old, new) = (parent.appendingPathComponent("old"), parent.appendingPathComponent("new"))
      _ = try Self.run(old, interruption: Self.interrupt(after: 15))
      try FileManager.default.moveItem(at: old, to: new)
      #expect(FileManager.default.fileExists(atPath: new.appendingPathComponent("model.safetensors").path))
      #expect(try Self.run(new, resume: true).ending == .finished)
    }
  }
}

@Suite(.timeLimit(.minutes(20))) struct TrainingRejectionTests {
  func kind(_ body: () throws -> Void) -> QuillError.Kind? { TrainingRunTests.kind(body) }

  @Test func aFolderThatHoldsARunIsNotTrainedInAnew() throws {
    try withTemporaryFolder { parent in
      let folder = parent.appendingPathComponent("run")
      _ = try TrainingRunTests.run(folder, ["steps=10"])
      #expect(kind { _ = try TrainingRunTests.run(folder) } == .usage)
    }
  }

  @Test func aResumeWithoutARunIsMissingInput() throws {
    try withTemporaryFolder { parent in
      #expect(
        kind { _ = try TrainingRunTests.run(parent.appendingPathComponent("none"), resume: true) }
          == .missingInput)
    }
  }

  @Test func aResumeRejectsAnotherCorpusAndAnotherModel() throws {
    try withTemporaryFolder { parent in
      let folder = parent.appendingPathComponent("run")
      _ = try TrainingRunTests.run(folder, ["steps=10"])
      let other = CycleCorpus(seed: 2)
      #expect(kind { _ = try TrainingRunTests.run(folder, resume: true, data: other) } == .badData)
      for change in ["layers=3", "batch=8", "seed=2", "optimizer=sgd"] {
        #expect(kind { _ = try TrainingRunTests.run(folder, [change], resume: true) } == .usage, "\(change)")
      }
    }
  }

  @Test func aContextLongerThanTheCorpusIsBadData() throws {
    try withTemporaryFolder { parent in
      let folder = parent.appendingPathComponent("run")
      let data = CycleCorpus(trainingTokens: 10)
      #expect(kind { _ = try TrainingRunTests.run(folder, data: data) } == .badData)
      #expect(!FileManager.default.fileExists(atPath: folder.path))
    }
  }

  @Test func aRunThatDoesNotFitInMemoryIsAUsageError() throws {
    try withTemporaryFolder { parent in
      let folder = parent.appendingPathComponent("run")
      let problem = kind {
        _ = try TrainingRunTests.run(folder, ["width=16384", "heads=128", "layers=100"])
      }
      #expect(problem == .usage)
      #expect(!FileManager.default.fileExists(atPath: folder.path))
    }
  }

  @Test func twoProcessesCannotTrainInOneFolder() throws {
    try withTemporaryFolder { parent in
      let folder = parent.appendingPathComponent("run")
      _ = try TrainingRunTests.run(folder, ["steps=10"])
      let lock = try RunFolder(folder).lock()
      #expect(kind { _ = try TrainingRunTests.run(folder, resume: true) } == .inputOutput)
      withExtendedLifetime(lock) {}
    }
  }
}

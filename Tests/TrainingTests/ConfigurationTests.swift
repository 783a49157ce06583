import Foundation
import Storage
import TestSupport
import Testing

@testable import Training

@Suite(.timeLimit(.minutes(20))) struct ConfigurationTests {
  let corpus = RunConfiguration.CorpusSize(
    vocabularySize: 1024, trainingTokens: 400_000, validationTokens: 40_000)

  func configuration(_ assignments: [String], preset: String? = nil, file: URL? = nil) throws
    -> RunConfiguration
  {
    try RunConfiguration(
      options: TrainingOptions(
        corpus: nil, output: URL(filePath: "/unused"), preset: preset, configurationFile: file,
        assignments: assignments))
  }

  func usageProblem(_ body: () throws -> Void) -> String? {
    do {
      try body()
      return nil
    } catch let error as QuillError {
      return error.kind == .usage ? error.description : "not a usage error: \(error)"
    } catch { return "not a QuillError: \(error)" }
  }

  @Test func assignmentsTakeFullAndBareNames() throws {
    let result = try configuration(["train.lr=1e-3", "layers=7", "optimizer=sgd", "bias=true", "dropout=0"])
    #expect(result.train.learningRate == 1e-3)
    #expect(result.model.layers == 7)
    #expect(result.train.optimizer == .sgd)
    #expect(result.model.bias)
    #expect(result.model.dropout == 0)
  }

  @Test func theLastAssignmentWins() throws {
    #expect(try configuration(["layers=7", "model.layers=2"]).model.layers == 2)
  }

  @Test func everyKeyReadsBackWhatItWrote() throws {
    let original = try configuration(["steps=10", "kv_heads=2", "lr=0.25", "schedule=wsd", "min_lr=0.125"])
    var copy = RunConfiguration()
    for key in ConfigurationKey.all { try key.set(key.read(original), in: &copy) }
    #expect(copy == original)
  }

  @Test(arguments: [
    ("train.lrr=1", "'train.lr'"), ("layres=3", "'layers'"), ("weight-decay=0", "'weight_decay'"),
    ("evalevery=3", "'eval_every'"), ("model.contxt=3", "'model.context'"), ("warm=3", "'warmup'"),
  ])
  func anUnknownKeyNamesTheNearest(assignment: String, nearest: String) {
    let problem = usageProblem { _ = try configuration([assignment]) }
    #expect(problem?.contains("nearest one is \(nearest)") == true, "\(problem ?? "accepted")")
  }

  @Test(arguments: [
    ("layers=0", "from 1 to 4096"), ("layers=two", "whole number"), ("layers=1.5", "whole number"),
    ("lr=-1", "from 0 to 1e40"), ("clip=-1", "from 0 to 1e6"), ("layers=1048576", "from 1 to 4096"),
    ("accumulation=4611686018427387904", "found 4611"),
    ("lr=nan", "number"), ("dropout=1", "from 0, below 1"), ("schedule=cosin", "constant, linear, cosine, wsd"),
    ("bias=1", "true or false"), ("lr", "key=value"), ("keep=0", "from 1"),
    ("seed=-4", "from 0"),
  ])
  func aWrongValueSaysWhatIsExpected(assignment: String, expectation: String) {
    let problem = usageProblem { _ = try configuration([assignment]) }
    #expect(problem?.contains(expectation) == true, "\(problem ?? "accepted")")
  }

  @Test func aFileIsJSON5AndAssignmentsWinOverIt() throws {
    try withTemporaryFolder { folder in
      let file = folder.appendingPathComponent("run.json5")
      let text = """
        // A comment, single quotes, and trailing commas are fine.
        { preset: 'tiny', model: { layers: 2, }, 'train.lr': .5, batch: 1.6e1, schedule: "auto" }
        """
      try text.replacing("\"auto\"", with: "'wsd'").write(to: file, atomically: true, encoding: .utf8)
      let result = try configuration(["batch=3"], file: file)
      #expect(result.model.layers == 2)
      #expect(result.model.width == 64)
      #expect(result.train.learningRate == 0.5)
      #expect(result.train.batch == 3)
      #expect(result.train.schedule == .wsd)
    }
  }

  @Test func aFileThatIsNotJSON5IsBadData() throws {
    try withTemporaryFolder { folder in
      let file = folder.appendingPathComponent("run.json5")
      for text in [
        "{ layers: ", "[1]", "", "{ layers: [3] }", "{ layers: null }", "{ layers: 0x10 }",
        "{ layers: 1, layers: 2 }",
      ] {
        try text.write(to: file, atomically: true, encoding: .utf8)
        #expect { try configuration([], file: file) } throws: { ($0 as? QuillError)?.kind == .badData }
      }
      #expect { try configuration([], file: folder.appendingPathComponent("none")) } throws: {
        ($0 as? QuillError)?.kind == .missingInput
      }
    }
  }

  @Test(arguments: [
    ("{ lr: 'nan' }", "key train.lr", "from 0 to 1e40"), ("{ lr: '-nan' }", "key train.lr", "found '-nan'"),
    ("{ train: {lr: '-inf'} }", "key train.lr", "found '-inf'"),
    ("{ lr: -nan }", "line 1, column 7", "a finite number"),
    ("{ layers: 0 }", "key model.layers", "from 1 to 4096"), ("{ modle: {} }", "key modle", "unknown section"),
  ])
  func aWrongValueOfAFileIsNamedWithTheFile(text: String, place: String, message: String) throws {
    try withTemporaryFolder { folder in
      let file = folder.appendingPathComponent("run.json5")
      try text.write(to: file, atomically: true, encoding: .utf8)
      #expect { try configuration([], file: file) } throws: {
        "\($0)".contains("\(file.path), \(place): ") && "\($0)".contains(message)
      }
    }
  }

  @Test func aRunsRecordGivesItsSettings() throws {
    try withTemporaryFolder { folder in
      let file = folder.appendingPathComponent("run.json")
      let settings = try configuration(["layers=2", "lr=0.02", "steps=77"])
      let record: JSONValue = [
        "format": 1, "configuration": settings.json, "outcome": nil, "plan": ["steps": 77],
      ]
      try AtomicFile.write(file.path, record.prettyText)
      #expect(try configuration([], file: file) == settings)
    }
  }

  @Test func automaticValuesFollowFromTheCorpus() throws {
    let resolved = try configuration(["lr=0.01"], preset: "tiny").resolved(for: corpus)
    // 10 epochs of 400,000 tokens are more than 20 tokens for each of 118,976 parameters: 2,379,520 / 2048.
    #expect(resolved.train.steps == 1162)
    #expect(resolved.train.warmup == 58)
    #expect(resolved.train.minimumLearningRate == 0.001)
    #expect(resolved.train.evaluateEvery == 69)
    #expect(resolved.model.keyValueHeads == 2)
    #expect(resolved.model.feedForwardWidth == 192)
    #expect(try resolved.resolved(for: corpus) == resolved)
  }

  @Test func valuesThatDoNotFitTogetherAreUsageErrors() throws {
    for assignments in [["lr=0.1", "min_lr=0.2"], ["steps=10", "warmup=10"], ["heads=5", "width=64"]] {
      let problem = usageProblem { _ = try configuration(assignments).resolved(for: corpus) }
      #expect(problem?.contains("not a") == false, "\(assignments): \(problem ?? "accepted")")
    }
  }
}

@Suite(.timeLimit(.minutes(20))) struct PresetTests {
  @Test(arguments: [
    ("tiny", 1024, 118_976), ("mini", 1024, 533_120), ("small", 1024, 1_525_056), ("base", 1024, 3_475_712),
    ("medium", 1024, 11_015_040), ("large", 1024, 25_829_888), ("gpt2-small", 50_257, 124_439_808),
    ("nanogpt-cpu", 65, 804_096),
  ])
  func parameterCounts(name: String, vocabularySize: Int, expected: Int) throws {
    let settings = try Preset.named(name).configuration
    let count = try settings.model.configuration(vocabularySize: vocabularySize).parameterCount
    #expect(count == expected)
  }

  @Test(arguments: 1...12)
  func everyDepthIsAValidConfiguration(depth: Int) throws {
    let settings = try Preset.depth(depth)
    let corpus = RunConfiguration.CorpusSize(
      vocabularySize: 1024, trainingTokens: 1 << 20, validationTokens: 1 << 16)
    let resolved = try settings.resolved(for: corpus)
    #expect(resolved.model.width % resolved.model.heads == 0)
    #expect(
      resolved.train.batch * resolved.model.context == min(8192, depth == 1 ? 2048 : depth <= 3 ? 4096 : 8192))
  }

  @Test func depthsOutsideTheDialAndMistypedPresetsAreUsageErrors() {
    #expect { try Preset.depth(13) } throws: { ($0 as? QuillError)?.kind == .usage }
    #expect { try Preset.depth(0) } throws: { ($0 as? QuillError)?.kind == .usage }
    #expect { try Preset.named("smal") } throws: {
      ($0 as? QuillError)?.problem.contains("'small'") == true
    }
  }
}

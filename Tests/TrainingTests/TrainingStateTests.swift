import Storage
import TestSupport
import Testing

@testable import Training

/// Numbers of a checkpoint's state that fit their own ranges, but not each other.
@Suite(.timeLimit(.minutes(20))) struct TrainingStateTests {
  private func read(_ edit: (inout JSONObject) -> Void) throws -> TrainingState {
    var configuration = try Preset.named("tiny").configuration
    (configuration.train.steps, configuration.train.precision) = (10, .fp32)
    let size = RunConfiguration.CorpusSize(vocabularySize: 64, trainingTokens: 10_000, validationTokens: 1_000)
    let state = try TrainingState(
      configuration: configuration.resolved(for: size), corpusPath: "corpus", corpusIdentity: "0")
    guard case .object(var object) = state.json else { return state }
    edit(&object)
    return try TrainingState(json: JSONNode(.object(object), place: "state.json"))
  }

  private static func set(_ key: String, _ value: JSONValue, in object: inout JSONObject) {
    guard case .object(var configuration)? = object["configuration"],
      case .object(var section)? = configuration[String(key.prefix(5))]
    else { return }
    section[String(key.dropFirst(6))] = value
    configuration[String(key.prefix(5))] = .object(section)
    object["configuration"] = .object(configuration)
  }

  @Test func whatWasWrittenIsRead() throws { #expect(try read { _ in }.step == 0) }

  /// The tokens read would not fit 64 bits.
  @Test func stepsThatNobodyCanHaveMadeAreRefused() {
    expectError(.badData, containing: "state.json", "windows cannot have been read in 1000000000000 steps") {
      _ = try read { object in
        object["step"] = .integer(1_000_000_000_000)
        object["windows"] = .integer(1_000_000_000_000_000_000)
        Self.set("train.batch", 1, in: &object)
        Self.set("train.accumulation", 1_000_000, in: &object)
      }
    }
  }

  @Test(
    arguments: [
      ("train.warmup", "auto", "train.warmup is still automatic"),
      ("train.warmup", 10, "must be below steps 10"),
      ("train.min_lr", 1, "train.min_lr must not exceed lr"),
      ("model.heads", 7, "model.heads must divide width"),
      ("model.bias", true, "model.bias is only for the gpt2 family"),
      ("train.precision", "auto", "train.precision is still automatic"),
    ] as [(String, JSONValue, String)])
  func valuesThatDoNotFitTogetherAreErrorsOfTheFile(key: String, value: JSONValue, message: String) {
    expectError(.badData, containing: "state.json, key configuration", message) {
      _ = try read { Self.set(key, value, in: &$0) }
    }
  }

  @Test(arguments: ["evaluated_step", "best_step", "evaluations_without_improvement"])
  func nothingHappenedAfterTheLastStep(key: String) {
    expectError(.badData, containing: "key \(key)", "to 0, found the integer 1") {
      _ = try read { $0[key] = .integer(1) }
    }
  }
}

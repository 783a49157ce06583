import Foundation
import Quill
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(20))) struct TrainingRunTests {
  private func withCorpus(_ body: (Corpus, String) throws -> Void) throws {
    try withTemporaryFolder { folder in
      let text = folder.appendingPathComponent("text.txt").path
      try LanguageModelTests.sentences(300).write(toFile: text, atomically: true, encoding: .utf8)
      let corpus = try Corpus.pack(
        [text], tokenizer: try Tokenizers.train(on: [text], kind: .bytes),
        to: folder.appendingPathComponent("corpus").path)
      try body(corpus, folder.appendingPathComponent("run").path)
    }
  }

  private let settings: KeyValuePairs<String, SettingValue> = [
    "layers": 1, "width": 32, "heads": 2, "context": 24, "batch": 4, "steps": 12, "eval_every": 6, "threads": 1,
  ]

  /// Two steps at each rate.
  private let stairs = CustomSchedule { step, stepCount in 1e-2 / Double(1 + step / 2) }

  @Test func progressIsToldAfterEveryStep() throws {
    try withCorpus { corpus, output in
      var (steps, evaluations): ([Int], [Int]) = ([], [])
      let run = try TrainingRun(
        corpus: corpus, output: output, settings: settings
      ) {
        steps.append($0.step)
      } evaluated: {
        evaluations.append($1)
      }
      let outcome = try run.train()
      #expect(steps == Array(1...12) && evaluations == [6, 12])
      #expect(outcome.ending == .finished && outcome.steps == 12)
    }
  }

  @Test func aCustomScheduleSetsTheRatesAndIsAskedForOnAResume() throws {
    try withCorpus { corpus, output in
      let expected: [Double] = (0..<12).map { step in 1e-2 / Double(1 + step / 2) }
      var rates: [Double] = []
      let run = try TrainingRun(corpus: corpus, output: output, settings: settings, schedule: stairs) {
        rates.append($0.learningRate)
      }
      _ = try run.train(until: { rates.count == 8 })
      #expect(rates == expected.dropLast(4))
      let error = #expect(throws: QuillError.self) { _ = try TrainingRun(resuming: output) }
      #expect(error?.kind == .usage && error?.place == "train.schedule")
      let rest = try TrainingRun(resuming: output, schedule: stairs) { rates.append($0.learningRate) }
      let ending = try rest.train().ending
      #expect(ending == .finished && rates == expected)
    }
  }

  @Test func noConfigurationCanNameACustomScheduleWithoutOne() throws {
    try withCorpus { corpus, output in
      let error = #expect(throws: QuillError.self) {
        _ = try TrainingRun(corpus: corpus, output: output, settings: ["schedule": "custom"])
      }
      #expect(error?.kind == .usage && error?.remedy.contains("cosine") == true)
    }
  }

  @Test(arguments: [Double.nan, -1, .infinity])
  func aScheduleThatGivesNoRateEndsTheRun(rate: Double) throws {
    try withCorpus { corpus, output in
      let broken = CustomSchedule { step, _ in step < 3 ? 1e-3 : rate }
      let run = try TrainingRun(corpus: corpus, output: output, settings: settings, schedule: broken)
      let error = #expect(throws: QuillError.self) { _ = try run.train() }
      #expect(error?.place == "custom schedule, step 3")
    }
  }
}

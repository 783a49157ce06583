import Compute
import Corpora
import Foundation
import Storage
import Tales
import TestSupport
import Testing
import Tokenization

@testable import Training

/// The path from a packed corpus to an evaluated checkpoint.
@Suite(.timeLimit(.minutes(20))) struct CorpusTrainingTests {
  /// A few hundred sentences of bytes.
  func pack(to folder: URL, sentences: Int = 300, tokenizer: any Tokenizer = ByteTokenizer()) throws {
    let text = folder.deletingLastPathComponent().appendingPathComponent("text.txt")
    let names = ["Ann", "Bob", "Cid", "Dot"]
    let sentence = (0..<sentences).map { "\(names[$0 % 4]) sees \(names[$0 * 7 / 3 % 4]).\n" }.joined()
    try sentence.write(to: text, atomically: true, encoding: .utf8)
    _ = try CorpusPacker(inputs: [text.path], tokenizer: tokenizer).pack(to: folder.path)
  }

  let assignments = [
    "layers=1", "width=32", "heads=2", "context=24", "batch=4", "steps=20", "eval_every=10", "threads=2",
  ]

  func train(_ corpus: URL, _ output: URL, _ more: [String] = []) throws -> TrainingOutcome {
    let options = TrainingOptions(corpus: corpus, output: output, assignments: assignments + more)
    return try TrainingRun(options, reporter: SilentReporter()).run(interruption: { nil })
  }

  @Test(arguments: ["fp32", "bf16"])
  func evaluationGivesTheBitsThatTrainingSaw(precision: String) throws {
    try withTemporaryFolder { parent in
      let (corpus, output) = (parent.appendingPathComponent("corpus"), parent.appendingPathComponent("run"))
      try pack(to: corpus)
      let outcome = try train(corpus, output, ["precision=\(precision)"])
      #expect(outcome.bestStep == 20)
      for (batch, threads) in [(1, 1), (3, 2), (8, 1)] {
        let result = try LoadedModel(
          output.path, precision: Precision.Choice(rawValue: precision)!, threads: threads
        ).evaluate(on: Corpus.open(corpus.path), batch: batch)
        #expect(result.loss == outcome.validationLoss)
        #expect(result.bitsPerByte == outcome.bitsPerByte)
        // A byte is a token here, and the first of the split is not predicted.
        let split = try Corpus.open(corpus.path).requireValidation()
        #expect(result.tokens == split.tokenCount - 1)
        #expect(result.perplexity == exp(result.loss))
        #expect(result.standardError > 0)
      }
    }
  }

  /// The floor in nats for each token, times the tokens (end-of-text tokens among them, which cost nothing to a model
  /// that knows where stories end), is the information in the validation split's text.
  @Test func theEntropyFloorSpreadsTheTextsInformationOverAllTokens() throws {
    try withTemporaryFolder { parent in
      let (corpus, output) = (parent.appendingPathComponent("corpus"), parent.appendingPathComponent("run"))
      let text = parent.appendingPathComponent("tales.txt").path
      let summary = try TaleWriter.write(byteCount: 60_000, seed: 2, to: text)
      _ = try CorpusPacker(inputs: [text], tokenizer: ByteTokenizer()).pack(to: corpus.path)
      _ = try train(corpus, output, ["steps=1", "warmup=0"])
      let result = try LoadedModel(output.path).evaluate(on: Corpus.open(corpus.path))
      let split = try Corpus.open(corpus.path).requireValidation()
      #expect(result.bytes == split.textByteCount)
      #expect(result.tokens == split.textByteCount + split.documentCount - 1)
      let bits = result.entropyFloor! * Double(result.tokens) / log(2.0)
      #expect(abs(bits / (summary.bitsPerByte * Double(split.textByteCount)) - 1) < 1e-12)
    }
  }

  @Test func aCorpusOfAnotherTokenizerIsRejected() throws {
    try withTemporaryFolder { parent in
      let (corpus, output) = (parent.appendingPathComponent("corpus"), parent.appendingPathComponent("run"))
      try pack(to: corpus)
      _ = try train(corpus, output)
      let other = parent.appendingPathComponent("other")
      let characters = CharacterTokenizer(characters: "Ann Bob Cid Dot sees.\n".unicodeScalars)
      try pack(to: other, tokenizer: characters)
      #expect(
        TrainingRunTests.kind {
          _ = try LoadedModel(output.path).evaluate(on: Corpus.open(other.path))
        } == .badData)
      let resume = TrainingOptions(corpus: other, output: output, resume: true)
      #expect(TrainingRunTests.kind { _ = try TrainingRun(resume, reporter: SilentReporter()) } == .badData)
    }
  }

  @Test func aContextLongerThanTheCorpusNamesTheKey() throws {
    try withTemporaryFolder { parent in
      let (corpus, output) = (parent.appendingPathComponent("corpus"), parent.appendingPathComponent("run"))
      try pack(to: corpus, sentences: 5)
      let error = #expect(throws: QuillError.self) { _ = try train(corpus, output, ["context=4096"]) }
      #expect(error?.kind == .badData)
      #expect(error?.remedy.contains("context") == true)
    }
  }

  @Test func missingFoldersAreMissingInput() throws {
    try withTemporaryFolder { parent in
      let none = parent.appendingPathComponent("none")
      #expect(
        TrainingRunTests.kind { _ = try train(none, parent.appendingPathComponent("run")) } == .missingInput)
      #expect(
        TrainingRunTests.kind {
          _ = try LoadedModel(none.path).evaluate(on: Corpus.open(none.path))
        } == .missingInput)
    }
  }
}

@Suite(.timeLimit(.minutes(20))) struct WindowTallyTests {
  /// Three windows of 2, 2 and 1 tokens: mean 12 / 5; residuals -0.8, 1.2, -0.4; √(3/2 · 2.24) / 5.
  @Test func meanAndStandardErrorAreThoseOfClusters() {
    var tally = WindowTally()
    for (loss, tokens) in [(4.0, 2), (6.0, 2), (2.0, 1)] { tally.add(loss: loss, tokens: tokens) }
    #expect(tally.mean == 2.4)
    #expect(abs(tally.standardError - 3.36.squareRoot() / 5) < 1e-15)
  }

  @Test func oneWindowHasNoMeasurableError() {
    var tally = WindowTally()
    tally.add(loss: 3, tokens: 4)
    #expect(tally.standardError == 0)
  }
}

@Suite(.timeLimit(.minutes(20))) struct MetricsFileTests {
  let records: [MetricsRecord] = [
    .event(step: 0, name: "started", detail: "", time: "2026-01-01T00:00:00Z"),
    .train(step: 1, loss: 0.1 + 0.2, learningRate: 1e-5, gradientNorm: 1 / 3, tokens: 64),
    .evaluation(
      step: 1,
      EvaluationResult(
        loss: 1 / 7, standardError: 1e-300, perplexity: 2, bitsPerByte: nil, tokens: 3, bytes: 0,
        entropyFloor: nil),
      isBest: true),
    .timing(step: 2, elapsedSeconds: 1.5, tokensPerSecond: 1e6, shareOfPeak: nil),
    .train(step: 3, loss: 5, learningRate: 0, gradientNorm: 0, tokens: 64),
  ]

  @Test func recordsReadBackBitForBitAndACutLineIsDropped() throws {
    try withTemporaryFolder { folder in
      let path = folder.appendingPathComponent("metrics.jsonl").path
      let file = try AppendingFile(path)
      for record in records { file.append(line: record.json.compactText) }
      try file.synchronize()
      #expect(try MetricsFile.records(path) == records)
      file.append(line: String(records[4].json.compactText.dropLast(9)))
      try file.flush()
      let handle = try FileHandle(forWritingTo: URL(filePath: path))
      try handle.truncate(atOffset: handle.seekToEnd() - 1)
      #expect(try MetricsFile.records(path) == records)
      _ = try MetricsFile.truncate(path, after: 1)
      #expect(try MetricsFile.records(path) == Array(records[..<3]))
    }
  }

  @Test func damageNamesTheLine() throws {
    try withTemporaryFolder { folder in
      let path = folder.appendingPathComponent("metrics.jsonl").path
      try AtomicFile.write(path, records[0].json.compactText + "\n{\"type\":\"trian\",\"step\":1}\n")
      let error = #expect(throws: QuillError.self) { _ = try MetricsFile.records(path) }
      #expect(error?.kind == .badData)
      #expect(error?.place.contains("line 2") == true)
    }
  }
}

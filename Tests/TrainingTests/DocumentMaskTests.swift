import Corpora
import Foundation
import Storage
import TestSupport
import Testing
import Tokenization

@testable import Training

/// Runs with `train.document_mask`.
@Suite(.timeLimit(.minutes(20))) struct DocumentMaskTests {
  @Test func oneDocumentGivesTheSameRunWithAndWithoutTheMask() throws {
    try withTemporaryFolder { parent in
      let folders = ["false", "true"].map { parent.appendingPathComponent($0) }
      for folder in folders {
        _ = try TrainingRunTests.run(
          folder, ["document_mask=\(folder.lastPathComponent)"])
      }
      #expect(
        try TrainingRunTests.bytes(folders[0], "model.safetensors")
          == TrainingRunTests.bytes(folders[1], "model.safetensors"))
      #expect(try TrainingRunTests.pureRecords(folders[0]) == TrainingRunTests.pureRecords(folders[1]))
    }
  }

  @Test func documentsChangeTheRunAndItResumes() throws {
    try withTemporaryFolder { parent in
      let (whole, broken) = (parent.appendingPathComponent("whole"), parent.appendingPathComponent("broken"))
      let across = parent.appendingPathComponent("across")
      let data = CycleCorpus(documentLength: 7)
      _ = try TrainingRunTests.run(whole, ["document_mask=true"], data: data)
      _ = try TrainingRunTests.run(across, data: data)
      #expect(try TrainingRunTests.pureRecords(whole) != TrainingRunTests.pureRecords(across))
      _ = try TrainingRunTests.run(
        broken, ["document_mask=true"], data: data, interruption: TrainingRunTests.interrupt(after: 17))
      _ = try TrainingRunTests.run(broken, resume: true, data: data)
      #expect(try TrainingRunTests.pureRecords(whole) == TrainingRunTests.pureRecords(broken))
      // Losses with and without the mask are not comparable, and the best one is kept.
      #expect(
        TrainingRunTests.kind {
          _ = try TrainingRunTests.run(whole, ["document_mask=false", "steps=50"], resume: true, data: data)
        } == .usage)
    }
  }

  /// `quill evaluate` attends as the run did.
  @Test(arguments: [false, true])
  func evaluationGivesTheBitsThatTrainingSaw(mask: Bool) throws {
    try withTemporaryFolder { parent in
      let (corpus, output) = (parent.appendingPathComponent("corpus"), parent.appendingPathComponent("run"))
      let text = parent.appendingPathComponent("text.jsonl")
      let lines = (0..<400).map { #"{"text":"\#($0 * 7 % 10) and \#($0 * 13 % 10)"}"# }
      try lines.joined(separator: "\n").write(to: text, atomically: true, encoding: .utf8)
      _ = try CorpusPacker(inputs: [text.path], tokenizer: ByteTokenizer()).pack(to: corpus.path)
      let outcome = try CorpusTrainingTests().train(corpus, output, ["document_mask=\(mask)"])
      for batch in [1, 5] {
        let result = try LoadedModel(output.path).evaluate(on: Corpus.open(corpus.path), batch: batch)
        #expect(result.loss == outcome.validationLoss)
      }
    }
  }
}

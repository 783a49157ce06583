import Compute
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(20))) struct TokenBatchTests {
  static let tokens: [Int32] = [3, 1, 4, 1, 5, 9, 2, 6]

  /// Fills a window of four positions with the first `count` tokens.
  static func batch(tokenCount: Int, starts: [Int32] = [0, 0, 2, 2]) -> TokenBatch {
    var batch = TokenBatch(windowCount: 2, length: 4, vocabularySize: 10, marksDocuments: true)
    batch.fillWindow(1, tokenCount: tokenCount) { output in
      for index in output.indices { output[index] = tokens[index] }
    } documentStarts: { output in
      for index in output.indices { output[index] = starts[index] }
    }
    return batch
  }

  @Test func aNewBatchCountsNothing() {
    let batch = TokenBatch(windowCount: 2, length: 4, vocabularySize: 10)
    #expect(Array(batch.inputs) == [Int32](repeating: 0, count: 8))
    #expect(Array(batch.targets) == [Int32](repeating: -1, count: 8))
    #expect(batch.targetCount == 0 && batch.documentStarts == nil)
  }

  @Test func targetsAreTheInputsMovedOnByOne() {
    let batch = Self.batch(tokenCount: 5)
    #expect(Array(batch.inputs) == [0, 0, 0, 0, 3, 1, 4, 1])
    #expect(Array(batch.targets) == [-1, -1, -1, -1, 1, 4, 1, 5])
    #expect(batch.targetCount == 4)
    #expect(batch.documentStarts.map { Array($0) } == [0, 0, 0, 0, 0, 0, 2, 2])
  }

  @Test(arguments: [0, 1, 2, 4])
  func whatIsMissingDoesNotCountAndBelongsToTheDocumentBefore(tokenCount: Int) {
    let batch = Self.batch(tokenCount: tokenCount)
    let there = max(0, tokenCount - 1)
    #expect(
      Array(batch.inputs.dropFirst(4)) == Self.tokens.prefix(there) + [Int32](repeating: 0, count: 4 - there))
    #expect(
      Array(batch.targets.dropFirst(4))
        == Self.tokens.dropFirst().prefix(there) + [Int32](repeating: -1, count: 4 - there))
    #expect(batch.documentStarts?.last ?? 0 == (there > 2 ? 2 : 0))
  }

  @Test func aBatchOfWholeDocumentsHasNoStarts() {
    #expect(Self.batch(tokenCount: 5, starts: [0, 0, 0, 0]).documentStarts == nil)
  }

  @Test func aBatchThatMarksNoDocumentsIsNotAskedForThem() {
    var batch = TokenBatch(windowCount: 1, length: 2, vocabularySize: 10)
    var isAsked = false
    batch.fillWindow(0, tokenCount: 3) {
      $0.update(repeating: 7)
    } documentStarts: { _ in
      isAsked = true
    }
    #expect(!isAsked && batch.documentStarts == nil)
  }

  @Test func anEmptyWindowIsAskedForNothing() {
    var batch = TokenBatch(windowCount: 1, length: 2, vocabularySize: 10, marksDocuments: true)
    var isAsked = false
    batch.fillWindow(0, tokenCount: 0) { _ in
      isAsked = true
    } documentStarts: { _ in
      isAsked = true
    }
    #expect(!isAsked && batch.targetCount == 0)
  }

  struct Refusal: Error {}

  @Test func anErrorOfTheSourceComesOut() {
    var batch = TokenBatch(windowCount: 1, length: 2, vocabularySize: 10)
    var isRefused = false
    do throws(Refusal) {
      try batch.fillWindow(0, tokenCount: 3) { _ throws(Refusal) in
        throw Refusal()
      } documentStarts: { _ in
      }
    } catch { isRefused = true }
    #expect(isRefused && batch.targetCount == 0)
  }

  @Test(arguments: [-1, 10, Int32.min, .max])
  func anIDOutsideTheVocabularyNeverReachesAKernel(id: Int32) async {
    await #expect(processExitsWith: .failure) { [id] in
      var batch = TokenBatch(windowCount: 1, length: 2, vocabularySize: 10)
      batch.fillWindow(0, tokenCount: 3) {
        $0.update(repeating: id)
      } documentStarts: { _ in
      }
    }
    await #expect(processExitsWith: .failure) { [id] in
      _ = TokenBatch(inputs: [1, id], targets: [1, 1], length: 2, vocabularySize: 10)
    }
  }

  @Test(arguments: [[1, 1], [0, 2], [0, -1], [0, 1, 0], [0, 1, 3]] as [[Int32]])
  func aDocumentThatBeginsElsewhereNeverReachesAKernel(starts: [Int32]) async {
    await #expect(processExitsWith: .failure) { [starts] in
      var batch = TokenBatch(windowCount: 1, length: starts.count, vocabularySize: 10, marksDocuments: true)
      batch.fillWindow(0, tokenCount: starts.count + 1) {
        $0.update(repeating: 0)
      } documentStarts: { output in
        for index in output.indices { output[index] = starts[index] }
      }
    }
  }

  @Test func countsThatDisagreeAreRefused() async {
    await #expect(processExitsWith: .failure) {
      _ = TokenBatch(inputs: [1, 2], targets: [1], length: 2, vocabularySize: 10)
    }
    await #expect(processExitsWith: .failure) {
      _ = TokenBatch(inputs: [1, 2, 3], targets: [1, 2, 3], length: 2, vocabularySize: 10)
    }
    await #expect(processExitsWith: .failure) {
      _ = TokenBatch(inputs: [1, 2], targets: [1, 2], documentStarts: [0], length: 2, vocabularySize: 10)
    }
  }
}

/// Finds the merges of a byte pair encoding.
///
///     var trainer = BytePairTrainer(split: .gpt4)
///     text.withUnsafeBufferPointer { trainer.add($0) }
///     trainer.endText()
///     let tokenizer = trainer.train(vocabularySize: 4096, specialTokens: ["<|endoftext|>"])
///
/// Every step merges the pair of neighbouring tokens that occurs most often within pieces, counting each occurrence of a
/// piece; of equally frequent pairs, the one whose left id is smaller, and then whose right id is smaller. Overlapping
/// pairs count each (`aaa` holds `aa` twice). These are the rules of `BpeTrainer` in Hugging Face `tokenizers`, and the merges
/// are the same for the same texts, each text one item of `train_from_iterator`. The bytes are numbered in
/// the order of `ByteAlphabet`, as there.
///
/// Method: different pieces with their counts instead of the text; for every pair the list of pieces in which it arose, so
/// that a merge visits only those; a heap of pairs whose counts are corrected when they come to the top, which is enough
/// because a pair's count only falls once all its occurrences exist.
///
/// - Complexity: O(n + p log p) for n bytes of different pieces and p pairs, in practice.
package final class BytePairTrainer {
  private let counter: PieceCounter
  private let split: SplitPattern

  package init(split: SplitPattern) {
    self.split = split
    counter = PieceCounter(split: split)
  }

  /// Adds the next block of the current text; blocks may be cut anywhere.
  package func add(_ block: UnsafeBufferPointer<UInt8>) { counter.add(block) }

  /// Ends the current text: no pair reaches into the next one.
  package func endText() { counter.endText() }

  /// The number of different pieces so far.
  package var distinctPieceCount: Int { counter.entries.count }

  /// The bytes of pieces longer than a mebibyte that did not count, where those are many and all different.
  package var skippedByteCount: Int { counter.skippedByteCount }

  /// Finds merges until the vocabulary is full or every piece is one token.
  ///
  /// - Parameters:
  ///   - vocabularySize: the number of ids in all; special tokens take the last ones.
  ///   - progress: called with the number of ids found and wanted, about a hundred times.
  /// - Precondition: `vocabularySize >= 256 + specialTokens.count`; no special token occurs twice.
  package func train(
    vocabularySize: Int, specialTokens: [String], progress: (Int, Int) -> Void = { _, _ in }
  ) -> BytePairTokenizer {
    precondition(
      vocabularySize >= 256 + specialTokens.count,
      "a vocabulary of \(vocabularySize) has no room for 256 bytes and \(specialTokens.count) special tokens")
    var search = MergeSearch(counter)
    let wanted = vocabularySize - specialTokens.count
    search.run(until: wanted, progress: progress)
    let special = SpecialTokens(specialTokens, firstID: search.vocabulary.count)
    return BytePairTokenizer(
      split: split, vocabulary: search.vocabulary + specialTokens.map { _ in [] }, merges: search.merges(),
      specialTokens: special)
  }
}

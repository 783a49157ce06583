import Compute
import Randomness
import Storage
import Tokenization

/// Covers a split exactly once in order, for evaluation; or some of its windows, spread evenly over it or drawn at random.
///
///     let windows = try EvaluationWindows(corpus.validation!, windowLength: T, tokenizer: tokenizer)
///     var batch = TokenBatch(windowCount: B, length: T, vocabularySize: tokenizer.vocabularySize)
///     for first in stride(from: 0, to: windows.count, by: B) {
///       let byteCount = try windows.read(first, into: &batch)
///     }
///
/// Window `w` of a whole split has the inputs `w·T ..< (w + 1)·T` and as targets the tokens after them, so every token but
/// the first is a target exactly once. In the last window, and in rows past it, what is missing has the input 0 and the
/// target -1. A value belongs to one thread at a time.
package final class EvaluationWindows {
  package let split: CorpusSplit
  package let windowLength: Int
  /// The windows, the last of which may be partial.
  package let count: Int
  /// The windows of the whole split.
  private let splitCount: Int

  private let reader: FrameReader
  private let byteCounts: [Int]
  /// Which windows of the split are looked at, where they are drawn at random.
  private let draw: Permutation?

  /// - Parameters:
  ///   - tokenizer: the corpus's own; it gives the bytes of every token.
  ///   - limit: the most windows: always the same ones, whatever the model. Nil: all.
  ///   - seed: draws the windows at random, each at most once; nil spreads them evenly.
  /// - Throws: `.badData` where the split has fewer than two tokens: there is nothing to predict.
  package init(
    _ split: CorpusSplit, windowLength: Int, tokenizer: any Tokenizer, limit: Int? = nil,
    seed: UInt64? = nil
  ) throws(QuillError) {
    precondition(windowLength >= 1, "a window has at least one token, found \(windowLength)")
    try split.requireWindow(of: 1)
    guard tokenizer.vocabularySize == split.vocabularySize else {
      throw QuillError(
        .badData, at: split.corpusPath,
        "the corpus has a vocabulary of \(split.vocabularySize), the tokenizer one of \(tokenizer.vocabularySize)",
        remedy: "Use the tokenizer that the corpus was packed with.")
    }
    self.split = split
    self.windowLength = windowLength
    splitCount = (split.tokenCount - 1 + windowLength - 1) / windowLength
    count = min(splitCount, max(1, limit ?? .max))
    draw = seed.map { [splitCount] in Permutation(count: splitCount, key: $0) }
    reader = FrameReader(split, capacity: 2)
    byteCounts = (0..<tokenizer.vocabularySize).map { tokenizer.bytes(of: TokenID($0)).count }
  }

  /// Fills a batch with the windows from `first` on.
  ///
  /// - Returns: the bytes of text that the targets stand for; special tokens stand for none.
  /// - Precondition: the batch has windows of this length and at least the split's vocabulary.
  /// - Throws: `.badData` naming shard, frame and byte where the split is damaged.
  @discardableResult
  package func read(_ first: Int, into batch: inout TokenBatch) throws(QuillError) -> Int {
    precondition(
      first >= 0 && batch.length == windowLength,
      "window \(first); expected windows of \(windowLength), found \(batch.length)")
    var byteCount = 0
    for row in 0..<batch.windowCount {
      // Rows past the end begin past the split's end, where there is nothing.
      let index = first + row
      let start = (index < count ? draw?[index] ?? index * splitCount / count : splitCount) * windowLength
      let available = max(0, min(windowLength, split.tokenCount - 1 - start))
      try batch.fillWindow(row, tokenCount: available > 0 ? available + 1 : 0) { (tokens) throws(QuillError) in
        try reader.copy(from: start, into: tokens)
        for token in tokens.dropFirst() { byteCount += byteCounts[Int(token)] }
      } documentStarts: { starts in
        split.copyDocumentStarts(ofWindowAt: start, into: starts)
      }
    }
    return byteCount
  }
}

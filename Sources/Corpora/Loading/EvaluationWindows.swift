import Storage
import Tokenization

/// Covers a split exactly once in order, for evaluation.
///
///     let windows = try EvaluationWindows(corpus.validation!, windowLength: T, tokenizer: tokenizer)
///     for first in stride(from: 0, to: windows.count, by: B) {
///       let content = try windows.read(first, rowCount: B, into: inputs, targets: targets)
///     }
///
/// Window `w` has the inputs `w·T ..< (w + 1)·T` and as targets the tokens after them, so every token but the first
/// is a target exactly once. In the last window, and in rows past it, what is missing has the input 0 and the
/// target -1. A value belongs to one thread at a time.
package final class EvaluationWindows {
  package let split: CorpusSplit
  package let windowLength: Int
  /// The windows, the last of which may be partial.
  package let count: Int

  /// What some windows ask for.
  package struct Content: Sendable, Equatable {
    /// The targets that count: those that are not -1.
    package var targetCount: Int
    /// The bytes of text that these targets stand for; special tokens stand for none.
    package var byteCount: Int
  }

  private let reader: FrameReader
  private let byteCounts: [Int]
  private var scratch: [Int32]

  /// - Parameter tokenizer: the corpus's own; it gives the bytes of every token.
  /// - Throws: `.badData` where the split has fewer than two tokens: there is nothing to predict.
  package init(_ split: CorpusSplit, windowLength: Int, tokenizer: any Tokenizer) throws(QuillError) {
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
    count = (split.tokenCount - 1 + windowLength - 1) / windowLength
    reader = FrameReader(split, capacity: 2)
    byteCounts = (0..<tokenizer.vocabularySize).map { tokenizer.bytes(of: TokenID($0)).count }
    scratch = [Int32](repeating: 0, count: windowLength + 1)
  }

  /// Reads `rowCount` windows beginning with window `first`.
  ///
  /// - Parameters:
  ///   - inputs: receives `(rowCount · T)` tokens, row-major.
  ///   - targets: receives the token after each, or -1.
  ///   - documentStarts: receives for every input where in its window its document begins, 0 where it began before;
  ///     what is missing belongs to the document before it.
  @discardableResult
  package func read(
    _ first: Int, rowCount: Int = 1, into inputs: UnsafeMutableBufferPointer<Int32>,
    targets: UnsafeMutableBufferPointer<Int32>, documentStarts: UnsafeMutableBufferPointer<Int32>? = nil
  ) throws(QuillError) -> Content {
    precondition(first >= 0 && rowCount >= 0, "windows \(first) ..< \(first + rowCount)")
    precondition(
      inputs.count == rowCount * windowLength && targets.count == inputs.count
        && documentStarts?.count ?? inputs.count == inputs.count,
      "\(rowCount) windows have \(rowCount * windowLength) tokens, found room for \(inputs.count)")
    var content = Content(targetCount: 0, byteCount: 0)
    for row in 0..<rowCount {
      let start = (first + row) * windowLength
      let available = max(0, min(windowLength, split.tokenCount - 1 - start))
      if available > 0 {
        let reader = reader
        try scratch.withUnsafeMutableBufferPointer { (tokens) throws(QuillError) in
          try reader.copy(from: start, into: UnsafeMutableBufferPointer(rebasing: tokens.prefix(available + 1)))
        }
      }
      for index in 0..<windowLength {
        let isThere = index < available
        inputs[row * windowLength + index] = isThere ? scratch[index] : 0
        targets[row * windowLength + index] = isThere ? scratch[index + 1] : -1
        if isThere { content.byteCount += byteCounts[Int(scratch[index + 1])] }
      }
      content.targetCount += available
      if let documentStarts {
        let window = documentStarts[row * windowLength..<(row + 1) * windowLength]
        let (there, missing) = (window.prefix(available), window.dropFirst(available))
        if available > 0 {
          split.copyDocumentStarts(ofWindowAt: start, into: UnsafeMutableBufferPointer(rebasing: there))
        }
        missing.update(repeating: there.last ?? 0)
      }
    }
    return content
  }
}

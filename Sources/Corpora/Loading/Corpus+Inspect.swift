import Storage
import Tokenization

extension Corpus {
  /// The first text of a split, decoded.
  ///
  /// - Parameters:
  ///   - lineCount: at most so many lines, empty ones left out.
  ///   - tokenCount: decoded from at most so many tokens.
  package func firstLines(
    of split: CorpusSplit, _ lineCount: Int = 5, fromTokens tokenCount: Int = 512
  ) throws(QuillError) -> [String] {
    let tokenizer = try loadTokenizer()
    let count = min(tokenCount, split.tokenCount)
    let text = String(decoding: tokenizer.decode(try split.tokens(in: 0..<count)), as: UTF8.self)
    var lines = text.split(separator: "\n", omittingEmptySubsequences: true)
    // The last line is cut off by the count of tokens unless the split ends there.
    if lines.count > 1, count < split.tokenCount { lines.removeLast() }
    return lines.prefix(lineCount).map(String.init)
  }
}

extension CorpusDescription.Counts {
  /// How many times smaller the shards are than the text.
  package var compressionRatio: Double? {
    compressedByteCount == 0 ? nil : Double(byteCount) / Double(compressedByteCount)
  }
}

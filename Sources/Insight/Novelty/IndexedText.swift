import Compute
import Corpora
import Formatting
import Machine
import Storage
import Tokenization

// SAFETY: `fill` writes at `written`, which it compares with the slab's count first; the slabs are kept, and are not written to later.

/// The training tokens of a corpus in memory, as a suffix array sorts them: `docs/formats/suffix-index.md`.
///
/// Where the tokenizer has no end of text, one more symbol stands before every document. Symbols take 2 bytes each, or 4 where the
/// vocabulary needs them.
final class IndexedText: Sendable {
  /// Symbols of one width or the other.
  enum Symbols: Sendable {
    case narrow(Slab<UInt16>)
    case wide(Slab<UInt32>)
  }

  /// What stands before a position of the text.
  private struct Landmark {
    var byteCount = 0
    var lineBreakCount = 0
  }

  let symbols: Symbols
  let count: Int
  /// Every symbol is less.
  let symbolCount: Int
  /// Whether a symbol that is no token stands before every document.
  let separates: Bool
  /// Where documents begin: their separator or end-of-text token, ascending.
  let documentStarts: [Int]
  /// Bytes and line breaks of each symbol; a separator has none.
  private let sizes: [Landmark]
  private let landmarks: [Landmark]
  /// Symbols from one landmark to the next: few enough to be counted for every place that is shown.
  private static let stride = 4096

  /// The most symbols: positions are 31 bits wide.
  static let largestCount = Int(Int32.max) - 1

  /// Reads the training split.
  ///
  /// - Parameter tokenizer: the corpus's own.
  /// - Throws: `.badData` where the corpus is damaged; `.usage` where it is too large for an index or for the memory.
  init(_ corpus: Corpus, tokenizer: any Tokenizer) throws(QuillError) {
    guard tokenizer.vocabularySize == corpus.vocabularySize else {
      throw QuillError(
        .badData, at: FilePath.join(corpus.path, TokenizerFile.name),
        "expected a vocabulary of \(corpus.vocabularySize), found \(tokenizer.vocabularySize)",
        remedy: "Re-create the corpus with \(Vocabulary.task(.packCorpus())).")
    }
    let split = corpus.train
    let separates = corpus.description.endOfText == nil
    let starts = split.documentStarts
    let count = split.tokenCount + (separates ? starts.count : 0)
    guard count <= Self.largestCount else {
      throw QuillError(
        .usage, at: corpus.path,
        "an index holds at most \(Self.largestCount.grouped) tokens, the training split has \(count.grouped)",
        remedy: "Pack a part of the text into a corpus of its own.")
    }
    self.separates = separates
    self.count = count
    symbolCount = corpus.vocabularySize + (separates ? 1 : 0)
    let isNarrow = symbolCount <= 1 << 16
    try Self.requireMemory(count * (isNarrow ? 2 : 4), for: "the text of the corpus \(corpus.path)")
    var sizes = (0..<corpus.vocabularySize).map { id in
      let bytes = tokenizer.bytes(of: TokenID(id))
      return Landmark(
        byteCount: bytes.count, lineBreakCount: bytes.count { $0 == UInt8(ascii: "\n") })
    }
    if separates { sizes.append(Landmark()) }
    self.sizes = sizes
    documentStarts = separates ? starts.enumerated().map { $1 + $0 } : starts
    if isNarrow {
      let slab = Slab<UInt16>(count: count)
      landmarks = try Self.fill(slab, from: split, separators: separates ? starts : [], sizes)
      symbols = .narrow(slab)
    } else {
      let slab = Slab<UInt32>(count: count)
      landmarks = try Self.fill(slab, from: split, separators: separates ? starts : [], sizes)
      symbols = .wide(slab)
    }
  }

  /// - Parameter separators: the tokens of the split before which a separator stands, the last of the symbols.
  private static func fill<Symbol: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(
    _ slab: Slab<Symbol>, from split: CorpusSplit, separators: [Int], _ sizes: [Landmark]
  ) throws(QuillError) -> [Landmark] {
    var landmarks: [Landmark] = []
    landmarks.reserveCapacity(slab.count / stride + 1)
    var total = Landmark()
    var written = 0
    func append(_ symbol: Int) {
      precondition(written < slab.count, "more tokens than the split says it has")
      if written % stride == 0 { landmarks.append(total) }
      slab.pointer[written] = Symbol(truncatingIfNeeded: symbol)
      written += 1
      total.byteCount += sizes[symbol].byteCount
      total.lineBreakCount += sizes[symbol].lineBreakCount
    }
    var read = 0
    var separator = 0
    try split.forEachFrame { (frame) throws(QuillError) in
      for token in frame {
        if separator < separators.count, separators[separator] == read {
          append(sizes.count - 1)
          separator += 1
        }
        append(Int(token))
        read += 1
      }
    }
    return landmarks
  }

  /// Checks that so many bytes can be taken.
  static func requireMemory(_ byteCount: Int, for what: String) throws(QuillError) {
    guard let available = MachineMemory.availableBytes(), byteCount > available else { return }
    throw QuillError(
      .usage, at: "memory",
      "\(what) needs \(Quantity.bytes(byteCount)) and \(Quantity.bytes(available)) are available",
      remedy: "Close other programs, or pack a part of the text into a corpus of its own.")
  }

  /// The symbol at a position inside the text.
  subscript(position: Int) -> Int {
    precondition(position >= 0 && position < count, "position \(position) of \(count)")
    switch symbols {
    case .narrow(let slab): return Int(slab.pointer[position])
    case .wide(let slab): return Int(slab.pointer[position])
    }
  }

  /// The bytes that a symbol stands for: none for special tokens and separators.
  func byteCount(of symbol: Int) -> Int { sizes[symbol].byteCount }

  /// The number of the document that holds a position, from 0, and where it begins and ends.
  func document(at position: Int) -> (number: Int, range: Range<Int>) {
    var (low, high) = (0, documentStarts.count)
    while low < high {
      let middle = (low + high) / 2
      if documentStarts[middle] <= position { low = middle + 1 } else { high = middle }
    }
    let start = low > 0 ? documentStarts[low - 1] : 0
    return (max(0, low - 1), start..<(low < documentStarts.count ? documentStarts[low] : count))
  }

  /// The bytes and the line breaks of text between the beginning of a position's document and the position.
  func offset(of position: Int) -> (byteCount: Int, lineBreakCount: Int) {
    let (here, start) = (before(position), before(document(at: position).range.lowerBound))
    return (here.byteCount - start.byteCount, here.lineBreakCount - start.lineBreakCount)
  }

  private func before(_ position: Int) -> Landmark {
    guard !landmarks.isEmpty else { return Landmark() }
    let index = min(position / Self.stride, landmarks.count - 1)
    var result = landmarks[index]
    for position in index * Self.stride..<position {
      let size = sizes[self[position]]
      result.byteCount += size.byteCount
      result.lineBreakCount += size.lineBreakCount
    }
    return result
  }
}

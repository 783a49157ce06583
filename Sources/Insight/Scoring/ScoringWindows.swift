import Tokenization

/// Cuts texts that arrive in pieces into windows that overlap, so that every token is predicted once.
///
/// A window of T positions starts every `stride` tokens. Of the first all T targets count, of the others the last `stride`, which
/// see at least T − stride tokens before them. The last window of a text ends with it. So does the sliding window of Hugging
/// Face's page on perplexity, but that its windows of T tokens predict T − 1 and these T.
///
/// With a stride of T no tokens overlap, and the windows are those of an evaluation.
struct ScoringWindows {
  struct Window {
    /// The number of the text.
    let document: Int
    /// Up to T + 1: inputs, and the target after the last one.
    let tokens: [TokenID]
    /// The targets at the beginning that an earlier window has predicted.
    let skipped: Int
  }

  private let length: Int
  private let stride: Int
  private let beginning: TokenID?
  private var document = 0
  /// The text from the next window's first token on.
  private var pending: [TokenID] = []
  private var isFirst = true
  private(set) var ready: [Window] = []

  /// - Parameters:
  ///   - length: T.
  ///   - beginning: the token before each text; nil: a text's first token is not predicted.
  /// - Precondition: `1 <= stride <= length`.
  init(length: Int, stride: Int, beginning: TokenID?) {
    precondition(stride >= 1 && stride <= length, "windows of \(length) tokens every \(stride)")
    self.length = length
    self.stride = stride
    self.beginning = beginning
  }

  mutating func append(_ tokens: some Collection<TokenID>) {
    if isFirst, pending.isEmpty, let beginning { pending.append(beginning) }
    pending.append(contentsOf: tokens)
    var start = 0
    while pending.count - start > length {
      emit(start..<start + length + 1)
      start += stride
    }
    pending.removeFirst(start)
  }

  mutating func endDocument() {
    // What is left has targets that no window predicted, unless the last one ended with the text.
    if pending.count - 1 > (isFirst ? 0 : length - stride) { emit(pending.indices) }
    pending = []
    isFirst = true
    document += 1
  }

  /// The windows that are ready, which are then no longer kept.
  mutating func take(_ count: Int) -> [Window] {
    let taken = Array(ready.prefix(count))
    ready.removeFirst(taken.count)
    return taken
  }

  private mutating func emit(_ range: Range<Int>) {
    ready.append(
      Window(document: document, tokens: Array(pending[range]), skipped: isFirst ? 0 : length - stride))
    isFirst = false
  }
}

import Tokenization

/// What becomes of the tokens of one text: bytes that are certain, an end, and the time they took.
struct Transcript {
  private(set) var result = Generation()
  private(set) var isOver: Bool
  private let ends: [Int32]
  private let count: Int
  private let ignoresEndOfText: Bool
  private var decoder: StreamingDecoder
  private var filter: StopFilter
  private var start: ContinuousClock.Instant?

  init(
    _ tokenizer: any Tokenizer, promptCount: Int, count: Int, stops: [String], ignoresEndOfText: Bool
  ) {
    self.count = count
    self.ignoresEndOfText = ignoresEndOfText
    ends = tokenizer.bounds.ends
    decoder = StreamingDecoder(tokenizer)
    filter = StopFilter(stops)
    isOver = count <= 0
    result.promptTokenCount = promptCount
  }

  /// Starts the clock; false where it is running.
  mutating func begin() -> Bool {
    guard start == nil else { return false }
    start = .now
    return true
  }

  /// Notes that the prompt's logits are there.
  mutating func promptIsRead() {
    if result.secondsToFirstToken == nil { result.promptSeconds = elapsed }
  }

  private var elapsed: Double { start.map { (ContinuousClock.now - $0) / .seconds(1) } ?? 0 }

  /// Takes the next token and returns the bytes that are certain now: never part of a character or of a stop string.
  mutating func take(_ token: Int32, _ choice: TokenChoice?) -> [UInt8] {
    let now = elapsed
    result.decodeSeconds = now - (result.secondsToFirstToken ?? now)
    if result.secondsToFirstToken == nil { result.secondsToFirstToken = now }
    if ends.contains(token), !ignoresEndOfText { return end(.endOfText) }
    result.tokens.append(token)
    if let choice { result.choices.append(choice) }
    let bytes = filter.push(decoder.bytes(adding: token))
    result.bytes += bytes
    if filter.isStopped {
      (isOver, result.ending) = (true, .stopString)
      return bytes
    }
    return result.tokens.count == count ? bytes + end(.length) : bytes
  }

  /// Ends the text where the model's context does.
  mutating func endWithContext() -> [UInt8] { end(.context) }

  /// The bytes that were waiting for what follows.
  private mutating func end(_ ending: Generation.Ending) -> [UInt8] {
    (isOver, result.ending) = (true, ending)
    let bytes = filter.push(decoder.finishBytes()) + filter.finish()
    if filter.isStopped { result.ending = .stopString }
    result.bytes += bytes
    return bytes
  }
}

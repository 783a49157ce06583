import Tokenization

/// What settings do to logits before the temperature: bias, penalties, and tokens ruled out.
///
/// It keeps the text so far, which penalties and banned strings depend on.
struct LogitAdjustment {
  private let settings: SamplingSettings
  private let bannedStrings: BannedStrings?
  private let tokenizer: (any Tokenizer)?
  /// The tokens of the text so far, the prompt included.
  private var seen: Set<Int32> = []
  /// How often each token was written after the prompt.
  private var written: [Int32: Int] = [:]
  /// The end of the text so far, as much as a banned string may have begun in.
  private var tail: [UInt8] = []

  /// - Returns: nil where the settings change no logits.
  /// - Parameter tokenizer: needed for banned strings.
  init?(_ settings: SamplingSettings, _ tokenizer: (any Tokenizer)?) {
    let changes =
      settings.repetitionPenalty != 1 || settings.presencePenalty != 0 || settings.frequencyPenalty != 0
      || !settings.logitBias.isEmpty || !settings.bannedTokens.isEmpty || !settings.bannedStrings.isEmpty
    guard changes else { return nil }
    precondition(settings.bannedStrings.isEmpty || tokenizer != nil, "banned strings need a tokenizer")
    self.settings = settings
    self.tokenizer = settings.bannedStrings.isEmpty ? nil : tokenizer
    bannedStrings = self.tokenizer.map { BannedStrings(settings.bannedStrings, $0) }
  }

  /// Takes tokens that stand in the text without having been written by the model.
  mutating func read(_ tokens: some Sequence<Int32>) {
    for token in tokens {
      seen.insert(token)
      extendTail(token)
    }
  }

  /// Takes a token that the model has written.
  mutating func write(_ token: Int32) {
    written[token, default: 0] += 1
    read(CollectionOfOne(token))
  }

  private mutating func extendTail(_ token: Int32) {
    guard let tokenizer, let bannedStrings else { return }
    tail += tokenizer.bytes(of: token)
    tail.removeFirst(max(0, tail.count - bannedStrings.longestBeginning))
  }

  /// Changes the logits of the next token, `(V)`; tokens of the settings that are outside them change nothing.
  func apply(to logits: inout [Float]) {
    func change(_ id: Int32, _ body: (Double) -> Double) {
      let index = Int(id)
      if logits.indices.contains(index) { logits[index] = Float(body(Double(logits[index]))) }
    }
    for (id, bias) in settings.logitBias { change(id) { $0 + bias } }
    if settings.repetitionPenalty != 1 {
      let penalty = settings.repetitionPenalty
      for id in seen { change(id) { $0 > 0 ? $0 / penalty : $0 * penalty } }
    }
    if settings.presencePenalty != 0 || settings.frequencyPenalty != 0 {
      for (id, count) in written {
        change(id) { $0 - Double(count) * settings.frequencyPenalty - settings.presencePenalty }
      }
    }
    for id in settings.bannedTokens { change(id) { _ in -.infinity } }
    bannedStrings?.forEachCompletion(after: tail) { id in change(id) { _ in -.infinity } }
  }
}

/// Strings that may not come up, as the tokens that would complete one after a given text.
///
/// A token completes a string where it contains all of it, or where it begins with the rest of a string whose beginning the
/// text ends with.
struct BannedStrings {
  private struct Completion {
    /// What the text ends with.
    let beginning: ArraySlice<UInt8>
    let tokens: [Int32]
  }
  private var completions: [Completion] = []
  /// The bytes of text that matter.
  private(set) var longestBeginning = 0

  init(_ strings: [String], _ tokenizer: any Tokenizer) {
    let tokens = (0..<Int32(tokenizer.vocabularySize)).map { (id: $0, bytes: tokenizer.bytes(of: $0)) }
    for string in strings.map({ Array($0.utf8) }) where !string.isEmpty {
      let containing = tokens.filter { Self.contains($0.bytes, string) }.map(\.id)
      completions.append(Completion(beginning: [], tokens: containing))
      for count in string.indices.dropFirst() {
        let rest = string[count...]
        let completing = tokens.filter { $0.bytes.starts(with: rest) }.map(\.id)
        completions.append(Completion(beginning: string[..<count], tokens: completing))
      }
      longestBeginning = max(longestBeginning, string.count - 1)
    }
  }

  /// Passes on the tokens that would complete a string; one may come twice.
  func forEachCompletion(after text: [UInt8], _ body: (Int32) -> Void) {
    for completion in completions
    where completion.beginning.count <= text.count
      && text.suffix(completion.beginning.count).elementsEqual(completion.beginning)
    {
      completion.tokens.forEach(body)
    }
  }

  private static func contains(_ bytes: [UInt8], _ string: [UInt8]) -> Bool {
    bytes.count >= string.count
      && (0...bytes.count - string.count).contains { bytes[$0...].starts(with: string) }
  }
}

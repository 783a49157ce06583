import Compute
import Storage
import Tokenization
import Training
import Transformer

/// Scores texts of any length and number, in passes over several windows at a time.
///
///     let scorer = TextScorer(model, tokenizer: tokenizer, place: folder) { document, id, logProbability in … }
///     try scorer.add(text)
///     try scorer.endDocument()
///     try scorer.finish()
///
/// Before each text stands what the tokenizer says that texts begin with, as in the corpora that Quill trains on
/// (`docs/decisions/0021-end-of-text-before-documents.md`); where it says nothing, a text's first token is not predicted.
/// Memory does not grow with the text.
package final class TextScorer {
  /// Gets every predicted token in order: the number of its text, its id, and ln p(token | the tokens before it in its window).
  package typealias Receiver = (_ document: Int, _ id: TokenID, _ logProbability: Double) throws(QuillError) ->
    Void

  /// Windows in one forward pass.
  private static let windowsPerPass = 8
  /// The shortest window that memory is taken for.
  private static let shortestLength = 16

  private let model: Model
  private let tokenizer: any Tokenizer
  private let place: String
  private let receive: Receiver
  private var windows: ScoringWindows
  /// The memory of passes by their windows' length, a power of two or the context.
  private var passes: [Int: Pass] = [:]

  /// - Parameters:
  ///   - stride: how many tokens each window after the first predicts; nil: the whole context, as an evaluation does.
  ///   - place: where the model is from, for messages.
  /// - Throws: `QuillError` of kind `.usage` for a stride that is not from 1 to the context.
  package init(
    _ model: Model, tokenizer: any Tokenizer, stride: Int? = nil, place: String, receive: @escaping Receiver
  ) throws(QuillError) {
    let length = model.configuration.contextLength
    let stride = stride ?? length
    guard stride >= 1 && stride <= length else {
      throw QuillError(
        .usage, at: Vocabulary.parameter("stride"),
        "must be from 1 to the model's context of \(length), found \(stride)")
    }
    self.model = model
    self.tokenizer = tokenizer
    self.place = place
    self.receive = receive
    windows = ScoringWindows(length: length, stride: stride, beginning: tokenizer.bounds.beginning)
  }

  /// Takes the next tokens of a text.
  package func add(_ tokens: some Collection<TokenID>) throws(QuillError) {
    windows.append(tokens)
    try runFull()
  }

  /// Ends a text; what comes then belongs to the next.
  package func endDocument() throws(QuillError) {
    windows.endDocument()
    try runFull()
  }

  /// Predicts what has not been predicted yet.
  package func finish() throws(QuillError) {
    while !windows.ready.isEmpty { try run(windows.take(Self.windowsPerPass)) }
  }

  private func runFull() throws(QuillError) {
    while windows.ready.count >= Self.windowsPerPass { try run(windows.take(Self.windowsPerPass)) }
  }

  private func run(_ windows: [ScoringWindows.Window]) throws(QuillError) {
    let pass = try pass(for: windows)
    for row in 0..<pass.step.batchSize {
      let window = row < windows.count ? windows[row].tokens : []
      pass.batch.fillWindow(row, tokenCount: window.count) {
        _ = $0.update(fromContentsOf: window)
      } documentStarts: { _ in
      }
    }
    _ = pass.step.evaluate(pass.batch)
    for (row, window) in windows.enumerated() {
      for target in window.skipped..<window.tokens.count - 1 {
        let loss = Double(pass.step.tokenLosses.pointer[row * pass.step.length + target])
        guard loss.isFinite else {
          throw QuillError(.badData, at: place, "the loss of a token is \(loss): the weights are not usable")
        }
        try receive(window.document, window.tokens[target + 1], -loss)
      }
    }
  }

  /// Memory for windows as long as the longest of these; short texts do not cost what long ones do.
  private func pass(for windows: [ScoringWindows.Window]) throws(QuillError) -> Pass {
    let targetCount = windows.reduce(1) { max($0, $1.tokens.count - 1) }
    var length = Self.shortestLength
    while length < targetCount { length *= 2 }
    length = min(length, model.configuration.contextLength)
    if let pass = passes[length], pass.step.batchSize >= windows.count { return pass }
    let pass = Pass(try .forEvaluation(of: model, windows: windows.count, length: length))
    passes[length] = pass
    return pass
  }

  private final class Pass {
    let step: TrainingStep
    var batch: TokenBatch

    init(_ step: TrainingStep) {
      self.step = step
      batch = TokenBatch(
        windowCount: step.batchSize, length: step.length,
        vocabularySize: step.model.configuration.vocabularySize)
    }
  }
}

extension LoadedModel {
  /// Scores a text in memory.
  ///
  /// - Parameter stride: how many tokens each window after the first predicts; nil: the whole context.
  /// - Throws: `QuillError`: `.badData` where a probability is not a number, `.usage` where the stride cannot be or the memory is
  ///   too small.
  /// - Complexity: a forward pass over the text, times the context over the stride.
  package func score(_ text: [UInt8], stride: Int? = nil) throws(QuillError) -> TextScore {
    var tokens: [TextScore.Token] = []
    let tokenizer = tokenizer
    let scorer = try TextScorer(model, tokenizer: tokenizer, stride: stride, place: folder) {
      _, id, logProbability in
      tokens.append(TextScore.Token(id: id, bytes: tokenizer.bytes(of: id), logProbability: logProbability))
    }
    try scorer.add(tokenizer.encode(text))
    try scorer.endDocument()
    try scorer.finish()
    return TextScore(tokens: tokens)
  }
}

/// A text as a model writes it: a sequence of pieces, each of whole characters.
///
///     for try await piece in model.generate("Once upon a time") { print(piece, terminator: "") }
///
/// Each piece is computed when it is asked for, on the caller's own thread or actor. Iterate once.
public struct GeneratedText: AsyncSequence {
  private let model: LanguageModel
  private let number: Int
  private let prompt: String
  private let settings: SamplingSettings
  private let tokenLimit: Int
  private let stops: [String]
  private let alternatives: Int?

  init(
    _ model: LanguageModel, number: Int, prompt: String, settings: SamplingSettings, tokenLimit: Int,
    stops: [String], alternatives: Int?
  ) {
    self.model = model
    self.number = number
    self.prompt = prompt
    self.settings = settings
    self.tokenLimit = tokenLimit
    self.stops = stops
    self.alternatives = alternatives
  }

  /// Begins the text.
  public func makeAsyncIterator() -> Iterator { Iterator(self) }

  /// Writes the whole text now.
  ///
  /// - Returns: the text, its tokens, how it ended and how long it took.
  /// - Throws: as ``Iterator/next(isolation:)``.
  public func generation() throws(QuillError) -> Generation {
    var iterator = Iterator(self)
    while try iterator.nextPiece() != nil {}
    return iterator.generation
  }

  /// Writes the whole text now, without the prompt.
  ///
  /// - Throws: as ``Iterator/next(isolation:)``.
  public func text() throws(QuillError) -> String { try generation().text }

  /// Where a text stands.
  public struct Iterator: AsyncIteratorProtocol {
    private let text: GeneratedText
    private var writing: (continuation: Continuation, sampler: Sampler)?

    init(_ text: GeneratedText) { self.text = text }

    /// What was written so far: the text, its tokens, how it ended and how long it took.
    public var generation: Generation { writing?.continuation.result ?? .empty }

    /// The next piece; nil at the end.
    ///
    /// - Throws: `QuillError`: `.usage` where a setting is out of its range, or the model has begun another text since;
    ///   `.badData` where the model gives no numbers.
    public mutating func next(isolation actor: isolated (any Actor)? = #isolation) async throws(QuillError)
      -> String?
    {
      try nextPiece()
    }

    mutating func nextPiece() throws(QuillError) -> String? {
      guard text.model.isNewest(text.number) else {
        throw QuillError(
          .usage, at: "generated text", "the model has begun another text, which ended this one",
          remedy: "Read one text to its end before the next, or load the model twice.")
      }
      if writing == nil { writing = try text.begin() }
      guard var (continuation, sampler) = writing else { return nil }
      defer { writing = (continuation, sampler) }
      return try continuation.next(using: &sampler).map { String(decoding: $0, as: UTF8.self) }
    }
  }

  private func begin() throws(QuillError) -> (Continuation, Sampler) {
    let tokenizer = model.tokenizer
    try settings.validate(for: tokenizer)
    let ids = prompt.isEmpty ? Generator.emptyPrompt(for: tokenizer) : tokenizer.encode(prompt)
    try model.decoder.reserve(ids.count + Swift.max(0, Swift.min(tokenLimit, model.contextLength)))
    let generator = Generator(model.decoder, tokenizer: tokenizer)
    generator.reset()
    return (
      generator.begin(after: ids, count: tokenLimit, stops: stops),
      Sampler(settings, for: tokenizer, alternatives: alternatives)
    )
  }
}

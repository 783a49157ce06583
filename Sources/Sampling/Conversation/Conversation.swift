import Storage
import Tokenization

/// A text that a person and a model write in turns: what stands behind `quill repl`.
///
///     let conversation = Conversation(generator, tokenizer: tokenizer, settings)
///     try conversation.say("Once") { bytes in show(bytes) }
///     try conversation.pick(token: 2, alternative: 0) { … }
///
/// The model's context is what is shown and nothing else: what a stop string or an interruption cut off is taken back. Only text that
/// the model has not seen is fed to it.
package final class Conversation {
  /// How the model writes.
  package struct Settings: Sendable, Equatable {
    package var sampling: SamplingSettings
    /// Tokens the model writes in one turn, at most.
    package var tokenCount: Int
    /// Texts that the model pauses before.
    package var stops: [String]
    /// How many of the likeliest tokens are remembered at each place.
    package var alternativeCount: Int

    package init(
      _ sampling: SamplingSettings = SamplingSettings(), tokenCount: Int = 100, stops: [String] = [],
      alternativeCount: Int = 10
    ) {
      self.sampling = sampling
      self.tokenCount = tokenCount
      self.stops = stops
      self.alternativeCount = alternativeCount
    }
  }

  package private(set) var settings: Settings
  package internal(set) var story = Story()
  package private(set) var generator: Generator
  package private(set) var tokenizer: any Tokenizer
  /// How messages are written to a model that was trained to chat; nil for raw text.
  package var template: ChatTemplate?
  /// Turns of the model since the seed was set; each has a stream of draws of its own.
  package internal(set) var turnCount: UInt64 = 0

  package init(_ generator: Generator, tokenizer: any Tokenizer, _ settings: Settings) {
    self.generator = generator
    self.tokenizer = tokenizer
    self.settings = settings
  }

  // MARK: Settings

  /// Changes how the model writes. Another seed begins its draws anew.
  ///
  /// - Throws: `QuillError` of kind `.usage` where a setting is out of its range; nothing is changed then.
  package func change(to settings: Settings) throws(QuillError) {
    try settings.sampling.validate(for: tokenizer)
    if settings.sampling.seed != self.settings.sampling.seed { turnCount = 0 }
    self.settings = settings
  }

  /// Begins the draws of the seed anew.
  package func restartDraws() { turnCount = 0 }

  /// Lets another model go on.
  ///
  /// - Returns: whether it cuts texts into other tokens. All of the story is encoded anew then, what the turns were chosen from is forgotten,
  ///   and settings that name tokens by their ids are dropped.
  package func use(_ generator: Generator, tokenizer: any Tokenizer) -> Bool {
    let differs = tokenizer.canonicalForm() != self.tokenizer.canonicalForm()
    self.generator = generator
    self.tokenizer = tokenizer
    if differs {
      story = story.encoded(by: tokenizer)
      settings.sampling.logitBias = [:]
      settings.sampling.bannedTokens = []
    }
    return differs
  }

  // MARK: The text

  /// Takes another conversation's text, ending with a node, to write what comes next with the draws of a certain stream.
  ///
  /// - Parameter tokenizer: whose tokens the story has.
  package func take(_ story: Story, at node: Int, draws stream: UInt64, from tokenizer: any Tokenizer) {
    let isSame = tokenizer.canonicalForm() == self.tokenizer.canonicalForm()
    self.story = isSame ? story : story.encoded(by: self.tokenizer)
    self.story.go(to: node)
    turnCount = stream
    if !isSame {
      settings.sampling.logitBias = [:]
      settings.sampling.bannedTokens = []
    }
  }

  /// Goes to another place of the story.
  package func move(_ body: (inout Story) -> Bool) -> Bool { body(&story) }

  /// The tokens that the model continues after a node: the text, and where the model began it, what texts begin with.
  package func context(at node: Int, then entry: [Turn] = []) -> [TokenID] {
    let turns = story.path(to: node).compactMap { story.turn($0) } + entry
    if let template {
      let tokens = chatContext(turns, template)
      if !tokens.isEmpty { return tokens }
    }
    let beginning =
      turns.first { !$0.tokens.isEmpty }?.author == .person ? [] : Generator.emptyPrompt(for: tokenizer)
    return beginning + turns.flatMap(\.tokens)
  }

  /// The node that the next turn follows. In a chat the end of an answer is not the end of the text.
  package var next: Int { template == nil ? story.next : story.current }

  /// The part of a text that is in the model's view.
  package func view(of context: [TokenID]) -> [TokenID] {
    Array(context[ContextView.start(of: context.count, capacity: generator.source.capacity)...])
  }

  /// The log-probabilities, in nats, of the tokens of a text that would follow the current one. The story stays as it is.
  ///
  /// - Throws: `QuillError` of kind `.badData` where the model's logits are not numbers.
  package func logProbabilities(
    of text: [UInt8], isInterrupted: () -> Bool = { false }
  ) throws(QuillError) -> [(token: TokenID, logProbability: Double)] {
    let tokens = tokenizer.encode(text)
    _ = generator.replaceText(by: view(of: context(at: next)))
    return Array(zip(tokens, try generator.logProbabilities(of: tokens, isInterrupted: isInterrupted)))
      .map { (token: $0.0, logProbability: $0.1) }
  }
}

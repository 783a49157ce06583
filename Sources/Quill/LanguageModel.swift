import Compute
import Insight
import Sampling
import Storage
import Tokenization
import Transformer

/// A trained model and its tokenizer: generates, scores and evaluates.
///
///     let model = try LanguageModel("checkpoints/tales")
///     for try await piece in model.generate("Once upon a time") { print(piece, terminator: "") }
///     let score = try model.score("Once upon a time")
///     let result = try model.evaluate(on: Corpus.open("corpora/tales"))
///
/// A model does one thing at a time, on threads of its own. It is not `Sendable`, so that the compiler keeps it to one task
/// or actor; a program that serves many puts it into an actor.
public final class LanguageModel {
  /// The folder the weights came from: of a training run, its best checkpoint.
  public var folder: String { loaded.folder }
  /// The tokenizer from the model's folder.
  public var tokenizer: any Tokenizer { loaded.tokenizer }
  /// The tokens that the model sees at once.
  public var contextLength: Int { loaded.model.configuration.contextLength }
  /// The model's weights, counted.
  public var parameterCount: Int { loaded.model.configuration.parameterCount }

  package let loaded: LoadedModel
  /// Generation's memory, taken when it is first needed.
  package private(set) lazy var decoder = Decoder(model: loaded.model, cache: cache)
  private let cache: CacheFormat?

  /// Memory for several texts side by side.
  package func decoder(sequenceCount: Int) -> Decoder {
    Decoder(model: loaded.model, sequenceCount: sequenceCount, cache: cache)
  }

  /// Texts begun so far: a text that is no longer the newest cannot go on.
  private var textCount = 0

  /// Opens a training run's best checkpoint, one of its steps, or any folder in Hugging Face's layout (`config.json`,
  /// `model.safetensors`, `tokenizer.json`) of the families gpt2, llama and qwen3.
  ///
  /// - Parameters:
  ///   - folder: of the run, the step or the model.
  ///   - precision: how numbers are kept inside matrix products; the weights on disk and all sums stay fp32.
  ///   - weights: how weights are kept, where that differs: ``WeightFormat/int8`` reads half as much as bf16 for every token.
  ///   - cache: how keys and values are kept; where nil as weights are, in bf16 beside 8-bit weights.
  ///   - threads: 0 means one per core. Results do not depend on it.
  ///   - pinsThreads: whether each thread is bound to a processor.
  /// - Throws: `QuillError`: `.missingInput` where there is no model, `.badData` where model or tokenizer is damaged or
  ///   they do not belong together.
  public init(
    _ folder: String, precision: Precision.Choice = .auto, weights: WeightFormat? = nil,
    cache: CacheFormat? = nil, threads: Int = 0, pinsThreads: Bool = false
  ) throws {
    self.cache = cache
    loaded = try LoadedModel(
      folder, precision: precision, weights: weights, threads: threads, pinsThreads: pinsThreads)
  }

  /// A continuation of `prompt`, drawn token by token as it is asked for.
  ///
  ///     for try await piece in model.generate("Once", SamplingSettings(temperature: 0), stops: ["\n"]) { … }
  ///     let text = try model.generate("Once").text()
  ///
  /// The same model, prompt and settings give the same text. A text longer than ``contextLength`` goes on with the last half of
  /// the context in view. The next call, for another text, ends this one.
  ///
  /// - Parameters:
  ///   - prompt: the text to continue; an empty one begins a new text.
  ///   - settings: how tokens are chosen.
  ///   - tokenLimit: the most tokens drawn; fewer where the model ends its text.
  ///   - stops: texts that end generation; none of their bytes come out.
  ///   - alternatives: how many of the likeliest tokens ``Generation/choices`` tells of at each place; nil: it tells nothing.
  public func generate(
    _ prompt: String = "", _ settings: SamplingSettings = SamplingSettings(), tokenLimit: Int = 200,
    stops: [String] = [], alternatives: Int? = nil
  ) -> GeneratedText {
    textCount += 1
    return GeneratedText(
      self, number: textCount, prompt: prompt, settings: settings, tokenLimit: tokenLimit, stops: stops,
      alternatives: alternatives)
  }

  /// The likeliest continuation of `prompt` that beam search finds; nothing is drawn.
  ///
  /// The text with the highest mean log-probability of its tokens (``Generation/score``), as Hugging Face's search with its defaults
  /// finds it. Prompt and text have to fit ``contextLength``. It ends a text being generated.
  ///
  /// - Parameters:
  ///   - prompt: the text to continue; an empty one begins a new text.
  ///   - beams: how many continuations are followed; at least 1.
  ///   - settings: of which bias, penalties and bans hold.
  ///   - tokenLimit: the most tokens; fewer where the text ends.
  ///   - stops: texts that end it; none of their bytes come out.
  /// - Throws: `QuillError`: `.usage` where a setting is out of its range or the text does not fit; `.badData` where the model gives no
  ///   numbers.
  public func search(
    _ prompt: String = "", beams: Int, _ settings: SamplingSettings = SamplingSettings(), tokenLimit: Int = 200,
    stops: [String] = []
  ) throws(QuillError) -> Generation {
    guard beams >= 1 else {
      throw QuillError(.usage, at: Vocabulary.parameter("beams"), "must be at least 1, found \(beams)")
    }
    try settings.validate(for: tokenizer)
    textCount += 1
    let search = BeamSearch(
      RefedBeams(decoder), tokenizer: tokenizer, settings: settings, beamCount: beams, stops: stops)
    let ids = prompt.isEmpty ? Generator.emptyPrompt(for: tokenizer) : tokenizer.encode(prompt)
    return try search.generate(after: ids, count: max(0, tokenLimit))
  }

  /// Whether the text of this number may still go on.
  func isNewest(_ number: Int) -> Bool { number == textCount }

  /// The log-likelihood of a text, token by token.
  ///
  /// Before the text stands what texts of the model begin with, usually end of text; where the model's folder names nothing, the
  /// first token is not predicted and not among the result's. A text is cut into windows of ``contextLength`` tokens, one
  /// every `stride`, and each token is predicted from all before it in the first window that it is a target of.
  ///
  /// - Parameters:
  ///   - text: of any length.
  ///   - stride: how many tokens each window after the first predicts, from 1 to ``contextLength``. Nil is ``contextLength``,
  ///     as an evaluation does it: tokens at the beginning of a later window are predicted from few. Smaller ones cost more
  ///     and give every token more to be predicted from.
  /// - Throws: `QuillError`: `.badData` where the model gives no numbers; `.usage` for a stride out of its range.
  /// - Complexity: a forward pass over the text, times ``contextLength`` over `stride`.
  public func score(_ text: String, stride: Int? = nil) throws(QuillError) -> TextScore {
    try score(Array(text.utf8), stride: stride)
  }

  /// The log-likelihood of a text in bytes, which need not be UTF-8; see ``score(_:stride:)-(String,_)``.
  ///
  /// - Throws: as for a string.
  public func score(_ text: [UInt8], stride: Int? = nil) throws(QuillError) -> TextScore {
    try loaded.score(text, stride: stride)
  }

  /// The mean loss over a corpus's whole validation split, within documents if the model was trained so.
  ///
  /// Deterministic: the same folders give the same numbers.
  ///
  /// - Parameters:
  ///   - corpus: packed with the model's own tokenizer.
  ///   - batch: windows in one forward pass; changes memory and speed, not the result.
  ///   - progress: told the fraction done, from 0 to 1, now and then.
  /// - Throws: `QuillError`: `.badData` where the corpus is damaged, has no validation split or was made with another
  ///   tokenizer, or where the loss is not a number; `.usage` for a batch below 1.
  public func evaluate(
    on corpus: Corpus, batch: Int = 8, progress: (Double) -> Void = { _ in }
  ) throws -> EvaluationResult {
    try loaded.evaluate(on: corpus, batch: batch, progress: progress)
  }
}

import Storage
import Tokenization

/// A text that a person and a model write in turns: what stands behind `quill repl`.
///
///     let conversation = Conversation(generator, tokenizer: tokenizer, settings: settings, tokenCount: 100)
///     while let line = readLine(), try conversation.take(line, write: { … }) {}
package final class Conversation {
  package private(set) var settings: SamplingSettings
  /// Tokens the model writes in one turn, at most.
  package private(set) var tokenCount: Int
  private let generator: Generator
  private let tokenizer: any Tokenizer
  private let stops: [String]
  /// Turns taken since the start; each has a stream of draws of its own.
  private var turnCount: UInt64 = 0
  private var isEmpty = true

  package init(
    _ generator: Generator, tokenizer: any Tokenizer, settings: SamplingSettings, tokenCount: Int,
    stops: [String] = []
  ) {
    self.generator = generator
    self.tokenizer = tokenizer
    self.settings = settings
    self.tokenCount = tokenCount
    self.stops = stops
  }

  /// Takes one line: a command that begins with `/`, or text for the model to continue.
  ///
  /// - Parameter write: gets what is to be shown, in whole characters.
  /// - Returns: false when the person wants to leave.
  package func take(_ line: String, write: ([UInt8]) throws -> Void) throws -> Bool {
    guard line.hasPrefix("/") else {
      try reply(to: line, write)
      return true
    }
    let words = line.dropFirst().split(separator: " ")
    let (answer, goesOn) = obey(words.first.map(String.init) ?? "", words.dropFirst().first.map(String.init))
    if !answer.isEmpty { try write(Array((answer + "\n").utf8)) }
    return goesOn
  }

  private func reply(to line: String, _ write: ([UInt8]) throws -> Void) throws {
    var prompt = tokenizer.encode(line)
    if isEmpty, prompt.isEmpty { prompt = Generator.emptyPrompt(for: tokenizer) }
    isEmpty = false
    var sampler = Sampler(settings, for: tokenizer, stream: turnCount)
    turnCount += 1
    let result = try generator.generate(
      after: prompt, count: tokenCount, using: &sampler, stops: stops, receive: write)
    if result.bytes.last != UInt8(ascii: "\n") { try write([UInt8(ascii: "\n")]) }
    if result.ending == .endOfText { forget() }
  }

  private func forget() {
    generator.reset()
    isEmpty = true
  }

  private func obey(_ name: String, _ value: String?) -> (answer: String, goesOn: Bool) {
    switch name {
    case "quit", "exit": return ("", false)
    case "help": return (Self.help, true)
    case "reset":
      forget()
      return ("The text is empty again.", true)
    case "settings": return (settingsText, true)
    case "tokens":
      guard let count = value.flatMap({ Int($0) }), count >= 1 else {
        return ("/tokens takes a whole number.", true)
      }
      tokenCount = count
      return (settingsText, true)
    case "temperature", "top-k", "top-p", "min-p", "seed": return (change(name, value ?? ""), true)
    default: return ("There is no /\(name). /help lists the commands.", true)
    }
  }

  private func change(_ name: String, _ value: String) -> String {
    var changed = settings
    let isOff = value == "off"
    let number = Double(value)
    switch name {
    case "temperature": changed.temperature = number ?? .nan
    case "top-k": changed.topK = isOff ? nil : Int(value) ?? 0
    case "top-p": changed.topP = isOff ? nil : number ?? -1
    case "min-p": changed.minP = isOff ? nil : number ?? -1
    default:
      guard let seed = UInt64(value) else { return "/seed takes a whole number." }
      changed.seed = seed
    }
    do throws(QuillError) { try changed.validate() } catch {
      return "\(name) \(error.problem)."
    }
    settings = changed
    return settingsText
  }

  private var settingsText: String {
    "temperature \(settings.temperature), top-k \(settings.topK.map { "\($0)" } ?? "off"), top-p "
      + "\(settings.topP.map { "\($0)" } ?? "off"), min-p \(settings.minP.map { "\($0)" } ?? "off"), seed "
      + "\(settings.seed), tokens \(tokenCount)"
  }

  private static let help = """
    Text is added to the story and continued; an empty line continues it as it is.
      /temperature T    how wild the choices are (0: always the likeliest)
      /top-k K, /top-p P, /min-p P    which tokens can be chosen at all; 'off' keeps all
      /seed N           another number, other choices
      /tokens N         how much the model writes at a time
      /settings         what is set
      /reset            forget the text so far
      /quit             leave (as Ctrl-D does)
    """
}

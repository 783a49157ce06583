import CommandLineKit
import Foundation
import Formatting
import Insight
import LineEditing
import Machine
import Quill
import Sampling
import Storage
import Tokenization

/// A person, a model and a text: the loop of `quill repl`.
final class ReplSession {
  let screen = ReplScreen()
  let conversation: Conversation
  let lines: LineReader
  let options: ModelOptions
  /// The model that goes on.
  var model: LanguageModel
  /// What the person named it.
  var modelPath: String
  /// The corpus that `/trace` looks in, where it was named.
  let corpusPath: String?
  var traceIndex: VerbatimIndex?
  var lastReply: Conversation.Reply?
  /// Whether the next line takes the place of the last entry.
  var isEditing = false
  private var hasSaidThatTextIsCut = false

  var tokenizer: any Tokenizer { conversation.tokenizer }
  var isInteractive: Bool { lines.mode != .silent }

  init(
    _ model: LanguageModel, at path: String, _ settings: Conversation.Settings, options: ModelOptions,
    corpus: String?, chats: Bool = false
  ) throws {
    self.model = model
    modelPath = path
    self.options = options
    corpusPath = corpus
    conversation = Conversation(
      Generator(model.decoder, tokenizer: model.tokenizer), tokenizer: model.tokenizer, settings)
    if chats { conversation.template = try ChatTemplate(modelFolder: model.folder) }
    var history = InputHistory(path: InputHistory.usualPath())
    var notice: String?
    do throws(QuillError) { try history.load() } catch {
      notice = "The history of entries was not read: \(error)"
    }
    lines = LineReader(history: history) { ReplCompletion.complete($0) }
    if lines.mode == .editing, let notice { StandardStream.error.write(foreign: "Note: \(notice)\n") }
  }

  /// Reads and answers until the person leaves or the input ends.
  func run() throws {
    if isInteractive {
      KeyboardInterrupt.install()
      greet()
    }
    defer { saveHistory() }
    while let line = try nextEntry() {
      guard try obey(line) else { break }
    }
    if let signal = KeyboardInterrupt.ending {
      saveHistory()
      KeyboardInterrupt.end(by: signal)
    }
  }

  private func greet() {
    let cut =
      "\(Quantity.short(model.parameterCount)) parameters, a context of \(model.contextLength.grouped) tokens"
    screen.remark("\(modelPath): \(cut)")
    screen.remark("enter text for the model to continue; /help lists the commands, Ctrl-D leaves")
  }

  private func saveHistory() {
    do throws(QuillError) { try lines.saveHistory() } catch {
      StandardStream.error.write(foreign: "Note: the history of entries was not kept: \(error)\n")
    }
  }

  /// The next line; nil where the person leaves.
  private func nextEntry() throws -> [UInt8]? {
    let given = isEditing ? conversation.story.lastEntry.flatMap { conversation.story.turn($0)?.text } : nil
    switch try lines.read(prompt: isEditing ? "edit> " : "> ", text: given ?? "") {
    case .text(let line): return line
    case .interruption(let droppedText):
      guard droppedText || isEditing else { return nil }
      isEditing = false
      return try nextEntry()
    case .end: return nil
    }
  }

  /// Does what a line says; false where it says to leave.
  private func obey(_ line: [UInt8]) throws -> Bool {
    lines.remember(String(decoding: line, as: UTF8.self))
    switch ReplEntry(line) {
    case .text(let text): try enter(text)
    case .block(let beginning):
      guard let text = try block(beginning) else { return true }
      try enter(text)
    case .mistake(let sentence): screen.say(sentence)
    case .command(.quit, _): return false
    case .command(let verb, let argument):
      do { try perform(verb, argument.trimmingSpaces) } catch let error as QuillError {
        screen.say("\(error)")
      } catch let error as ReplSettings.Mistake {
        screen.say(error.message)
      }
    }
    return true
  }

  /// The lines up to one that ends with three quotation marks; nil where they were given up.
  private func block(_ beginning: [UInt8]) throws -> [UInt8]? {
    let quotes = Array("\"\"\"".utf8)
    var text = beginning
    if text.count >= quotes.count, text.suffix(quotes.count).elementsEqual(quotes) {
      return Array(text.dropLast(quotes.count))
    }
    var isFirst = beginning.isEmpty
    while case .text(let line) = try lines.read(prompt: ". ") {
      let ends = line.count >= quotes.count && line.suffix(quotes.count).elementsEqual(quotes)
      let content = ends ? Array(line.dropLast(quotes.count)) : line
      // The line ends beside the marks are no part of the text.
      if !isFirst, !(ends && content.isEmpty) { text.append(UInt8(ascii: "\n")) }
      text += content
      isFirst = false
      if ends { return text }
    }
    screen.remark("the text of several lines was given up")
    return nil
  }

  // MARK: Writing

  /// Gives the model a text, or the new form of the last one.
  private func enter(_ text: [UInt8]) throws {
    if isEditing {
      isEditing = false
      try letWrite { try conversation.edit(text, isInterrupted: $0, receive: $1) }
    } else {
      try letWrite { try conversation.say(text, isInterrupted: $0, receive: $1) }
    }
  }

  /// Lets the model write, and tells what is to be told then.
  ///
  /// - Parameter body: nil where there was nothing to do.
  /// - Returns: whether something was done.
  @discardableResult
  func letWrite(
    _ body: (_ isInterrupted: () -> Bool, _ receive: ([UInt8]) throws -> Void) throws -> Conversation.Reply?
  ) throws -> Bool {
    _ = KeyboardInterrupt.take()
    var last: UInt8?
    let reply: Conversation.Reply?
    do {
      reply = try body({ KeyboardInterrupt.take() }) { bytes in
        last = bytes.last ?? last
        screen.write(bytes)
      }
    } catch let error as QuillError where isInteractive && error.kind != .inputOutput {
      // A model that gives no numbers: the text is as before.
      if last != nil { StandardStream.output.write("\n") }
      screen.say("\(error)")
      return true
    }
    guard let reply else { return false }
    if last != UInt8(ascii: "\n") { StandardStream.output.write("\n") }
    lastReply = reply
    if isInteractive { tell(reply) }
    return true
  }

  private func tell(_ reply: Conversation.Reply) {
    if reply.wasInterrupted {
      screen.remark("stopped; /continue goes on")
    } else if reply.turn.endsText, conversation.template == nil {
      screen.remark("the model ended the text; what you enter now begins a new one")
    } else if reply.turn.bytes.isEmpty, reply.generation.ending == .stopString {
      screen.remark("a text to pause before comes next; '/set stop off' goes past it")
    }
    if reply.isCut, !hasSaidThatTextIsCut {
      hasSaidThatTextIsCut = true
      screen.remark(
        "the text is longer than the model's context of \(reply.capacity) tokens: it sees the last \(reply.viewCount)"
      )
    }
    if Terminal.errorIsTerminal { screen.remark(Self.statistics(reply)) }
  }

  /// Speed and size of an answer, on a line.
  static func statistics(_ reply: Conversation.Reply) -> String {
    let generation = reply.generation
    var parts = ["\(generation.tokens.count) tokens"]
    if generation.decodeSeconds > 0 { parts[0] += ", \(Quantity.short(generation.tokensPerSecond))/s" }
    let prompt = generation.promptSeconds > 0 ? Double(reply.newTokenCount) / generation.promptSeconds : 0
    parts.append("read \(reply.newTokenCount)" + (prompt > 0 ? ", \(Quantity.short(prompt))/s" : ""))
    if let seconds = generation.secondsToFirstToken {
      parts.append("first after \(Quantity.decimals(1000 * seconds, 1)) ms")
    }
    parts.append("context \(reply.viewCount) of \(reply.capacity)")
    return parts.joined(separator: "; ")
  }
}

extension String {
  var trimmingSpaces: String {
    var view = Substring(self)
    while view.last == " " || view.last == "\t" { view.removeLast() }
    return String(view)
  }
}

import CommandLineKit
import Formatting

/// Where `quill repl` writes: texts and answers to standard output, remarks to standard error.
struct ReplScreen {
  let hasColor: Bool
  let width: Int

  init(hasColor: Bool = Terminal.outputHasColor, width: Int = Terminal.width) {
    (self.hasColor, self.width) = (hasColor, width)
  }

  /// What a model wrote: whole characters.
  func write(_ bytes: [UInt8]) { StandardStream.output.write(foreign: bytes) }

  /// An answer of lines whose foreign parts are escaped already.
  func answer(_ text: String) { StandardStream.output.write(text.hasSuffix("\n") ? text : text + "\n") }

  /// A sentence that may hold anything.
  func say(_ sentence: String) { answer(Escaped.lines(sentence)) }

  /// A remark beside the text.
  func remark(_ sentence: String) {
    StandardStream.error.write(
      Terminal.styled("[\(Escaped.line(sentence))]", .dim, enabled: Terminal.errorHasColor) + "\n")
  }
}

import CommandLineKit
import Corpora
import Storage
import Tokenization

// SAFETY: the document is held until its bytes are encoded.

/// `quill tokenizer encode`
struct TokenizerEncode: Command {
  static let configuration = CommandConfiguration(
    "encode", abstract: "Print the token ids of a text.",
    discussion: "Special tokens in the text are treated as ordinary text.",
    examples: [
      .init(
        "A few words", "quill tokenizer encode --tokenizer tokenizer/tales.json \"Once upon a time\""),
      .init("A file", "quill tokenizer encode --tokenizer tokenizer/tales.json - < corpora/tales.txt"),
    ])

  @Argument(help: "The text; standard input when it is '-' or left out.") var text: String?
  @Option(placeholder: "file", help: "A tokenizer.json, or a folder that has one.") var tokenizer: String
  @Flag(help: "Print one JSON object.") var json = false
  @Flag(help: "Take each line for a text of its own, written as a JSON string, and answer it with a line.")
  var lines = false

  func run() throws {
    let tokenizer = try TokenizerFile.load(tokenizer)
    if lines {
      let bytes = if let text, text != "-" { Array(text.utf8) } else { try FileStream("-").readToEnd() }
      return try encodeLines(of: bytes, with: tokenizer)
    }
    let stream: any ByteStream = try FileStream("-")
    let document = if let text, text != "-" { TextDocument(text.utf8) } else { try TextDocument(stream) }
    // Written as they come: the ids of a long text are many times its bytes.
    var count = 0
    StandardStream.output.write(json ? "{\"ids\":[" : "")
    try tokenizer.encode(document.bytes.assumingMemoryBound(to: UInt8.self)) { (ids) throws(QuillError) in
      var written: [UInt8] = []
      for id in ids {
        if count > 0 { written.append(json ? UInt8(ascii: ",") : UInt8(ascii: " ")) }
        written += String(id).utf8
        count += 1
      }
      StandardStream.output.write(written)
    }
    StandardStream.output.write(json ? "],\"tokens\":\(count),\"bytes\":\(document.bytes.count)}\n" : "\n")
    withExtendedLifetime(document) {}
  }

  private func encodeLines(of bytes: [UInt8], with tokenizer: any Tokenizer) throws {
    var output = ""
    var texts = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    if texts.last?.isEmpty == true { texts.removeLast() }
    for (number, line) in texts.enumerated() {
      let node = JSONNode(
        try JSONValue.parse(Array(line), place: "line \(number + 1)"), place: "line \(number + 1)")
      output += tokenizer.encode(try String(json: node)).map { String($0) }.joined(separator: " ") + "\n"
    }
    StandardStream.output.write(output)
  }
}

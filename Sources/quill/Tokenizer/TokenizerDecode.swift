import CommandLineKit
import Storage
import Tokenization

/// `quill tokenizer decode`
struct TokenizerDecode: Command {
  static let configuration = CommandConfiguration(
    "decode", abstract: "Print the text of token ids.",
    discussion: """
      Writes exactly the bytes that the ids stand for; special tokens are written as their names. On a terminal a \
      line break follows.
      """,
    examples: [
      .init("Three ids", "quill tokenizer decode --tokenizer tokenizer/tales.json 263 287 300"),
      .init(
        "There and back",
        """
        quill tokenizer encode --tokenizer tokenizer/tales.json - < a.txt \\
          | quill tokenizer decode --tokenizer tokenizer/tales.json -
        """),
    ])

  @Argument(help: "Ids, separated by spaces or commas; standard input when '-' or left out.")
  var ids: [String] = []
  @Option(placeholder: "file", help: "A tokenizer.json, or a folder that has one.") var tokenizer: String
  @Flag(help: "Print one JSON object.") var json = false

  func run() throws {
    let tokenizer = try TokenizerFile.load(tokenizer)
    let source =
      ids.isEmpty || ids == ["-"] ? try FileStream("-").readToEnd() : Array(ids.joined(separator: " ").utf8)
    let place = ids.isEmpty || ids == ["-"] ? "standard input" : "<ids>"
    var bytes: [UInt8] = []
    var count = 0
    for word in source.split(whereSeparator: { " ,\t\r\n[]".utf8.contains($0) }) {
      let text = String(decoding: word, as: UTF8.self)
      guard let id = Int(text), id >= 0, id < tokenizer.vocabularySize else {
        throw QuillError(
          ids.isEmpty || ids == ["-"] ? .badData : .usage, at: place,
          "expected ids from 0 to \(tokenizer.vocabularySize - 1), found '\(text.prefix(40))' as number \(count + 1)"
        )
      }
      bytes += tokenizer.specialText(of: TokenID(id)).map { Array($0.utf8) } ?? tokenizer.bytes(of: TokenID(id))
      count += 1
    }
    if json {
      let text = String(decoding: bytes, as: UTF8.self)
      writeResult(
        json: true, ["text": .string(text), "tokens": .integer(count), "bytes": .integer(bytes.count)], text: ""
      )
    } else {
      StandardStream.output.write(foreign: bytes)
      if Terminal.outputIsTerminal { StandardStream.output.write("\n") }
    }
  }
}

import CommandLineKit
import Corpora
import Storage
import Tokenization
import Formatting

/// `quill tokenizer train`
struct TokenizerTrain: Command {
  static let configuration = CommandConfiguration(
    "train", abstract: "Train a tokenizer on text.",
    discussion: """
      Writes a Hugging Face tokenizer.json. Reads the same texts as 'quill corpus pack', document by document: files, \
      folders of them (searched recursively), '-' for standard input, .jsonl, .gz and .zst. Kinds: bpe \
      merges frequent pairs of byte sequences, characters has one id for each character of the text, bytes one id \
      for each of the 256 bytes.
      """,
    examples: [
      .init(
        "Byte pair encoding with 1024 ids",
        "quill tokenizer train corpora/tales.txt --vocab-size 1024 --output tokenizer/tales.json"),
      .init(
        "One id per character",
        "quill tokenizer train book.txt --kind characters --output tokenizer/book.json"),
    ])

  @Argument(help: "Text files, folders of them, or '-'.") var text: [String]
  @Option(placeholder: "file", help: "The tokenizer.json to write.") var output: String
  @Option(
    placeholder: "count", help: "Ids, special tokens included; needed for bpe.", where: .within(2...1_000_000))
  var vocabSize: Int?
  @Option(help: "bpe, characters or bytes.") var kind = TokenizerKind.bytePair
  @Option(help: "How bpe cuts text before merging: as gpt2 or as gpt4 does.") var split = SplitPattern.gpt4
  @Option(
    placeholder: "token",
    help: "A special token besides <|endoftext|>, such as <|user|>; repeat it for more. They get the last ids.")
  var special: [String] = []
  @OptionGroup var texts: TextOptions
  @Flag(help: "Print the result as one JSON object.") var json = false

  func validate() throws {
    if kind == .bytePair, vocabSize == nil {
      throw UsageError("Missing expected argument '--vocab-size <count>': byte pair encoding needs it.")
    }
  }

  func run() throws {
    let options = TokenizerTrainingOptions(
      kind: kind, split: split, vocabularySize: vocabSize,
      specialTokens: [SpecialTokens.endOfTextName] + special)
    let clock = ContinuousClock()
    let start = clock.now
    func elapsed() -> Double { (clock.now - start) / .seconds(1) }
    var line = ProgressLine()
    defer { line.clear() }
    let trained = try trainTokenizer(
      on: text, field: texts.field, documents: texts.documents, maximumExpansion: texts.maxExpansion,
      options: options
    ) { progress in
      line.show {
        switch progress {
        case .reading(let count, let total?):
          "reading " + report(count, total, elapsed()).line(unit: "B")
        case .reading(let count, nil):
          "reading \(Quantity.bytes(count))"
        case .merging(let count, let total):
          "merging " + report(count, total, elapsed()).line(unit: "merges")
        }
      }
    }
    line.clear()
    if trained.skippedByteCount > 0 {
      StandardStream.error.write(
        "\(Quantity.bytes(trained.skippedByteCount)) of pieces longer than a mebibyte did not count: no two were alike\n"
      )
    }
    try TokenizerFile.save(trained.tokenizer, to: output)
    let seconds = elapsed()
    writeResult(
      json: json,
      [
        "tokenizer": .string(output), "kind": .string(kind.rawValue),
        "split": kind == .bytePair ? .string(split.rawValue) : .null,
        "vocabulary_size": .integer(trained.tokenizer.vocabularySize), "documents": .integer(trained.textCount),
        "bytes": .integer(trained.byteCount), "distinct_pieces": .integer(trained.distinctPieceCount),
        "seconds": .number(seconds),
      ],
      text: "\(output): \(trained.tokenizer.vocabularySize.grouped) ids from "
        + "\(trained.byteCount.grouped) bytes of text in \(Quantity.duration(seconds))\n")
  }

  private func report(_ done: Int, _ total: Int, _ seconds: Double) -> ProgressReport {
    ProgressReport(done: Double(done), total: Double(total), elapsedSeconds: seconds)
  }
}

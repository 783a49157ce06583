import Dispatch
import Storage
import Tokenization

/// Turns text into a corpus folder.
///
///     let packer = CorpusPacker(inputs: ["corpora/tales.txt"], tokenizer: tokenizer)
///     let description = try packer.pack(to: "corpora/tales") { progress in … }
///
/// The same inputs give the same bytes, whatever the number of threads.
public struct CorpusPacker: Sendable {
  /// Files, folders, and `-` for standard input.
  package var inputs: [String]
  package var tokenizer: any Tokenizer
  /// The field of `.jsonl` files that holds the text.
  package var field: String
  /// What a document of a plain text is; nil: what the text's sidecar says, else the whole file.
  package var documents: DocumentRule?
  /// The part of the documents, or of one long text, that goes to validation: `0 ..< 1`.
  package var validationFraction: Double
  /// How many times its size a compressed file may become.
  package var maximumExpansion: Double
  package var threadCount: Int

  package init(
    inputs: [String], tokenizer: any Tokenizer, field: String = "text", documents: DocumentRule? = nil,
    validationFraction: Double = 0.1, maximumExpansion: Double = ByteStreams.usualExpansion,
    threadCount: Int = 2
  ) {
    self.inputs = inputs
    self.tokenizer = tokenizer
    self.field = field
    self.documents = documents
    self.validationFraction = validationFraction
    self.maximumExpansion = maximumExpansion
    self.threadCount = threadCount
  }

  /// How far packing has come.
  public struct Progress: Sendable, Equatable {
    /// Bytes of text encoded.
    public var byteCount: Int
    /// Bytes of text there are; nil where sources are compressed, in lines, or standard input.
    public var totalByteCount: Int?
    /// Tokens made so far.
    public var tokenCount: Int
    /// Since packing began.
    public var elapsedSeconds: Double

    /// Bytes of text per second, on average; 0 at the very beginning.
    public var bytesPerSecond: Double { elapsedSeconds > 0 ? Double(byteCount) / elapsedSeconds : 0 }
  }

  /// Packs the inputs into the folder `path`, atomically; an existing corpus is replaced.
  ///
  /// - Throws: `.usage` for a fraction out of range; `.missingInput` and `.badData` about inputs, also where there is no
  ///   text at all; `.inputOutput` where the folder cannot be written.
  package func pack(
    to path: String, progress: (Progress) -> Void = { _ in }
  ) throws(QuillError) -> CorpusDescription {
    guard validationFraction >= 0, validationFraction < 1 else {
      throw QuillError(
        .usage, at: Vocabulary.parameter("validation"),
        "expected a fraction in [0, 1), found \(validationFraction)",
        remedy: "Use 0.1 for the last tenth.")
    }
    try requireReplaceable(path)
    let sources = try TextSource.resolve(
      inputs, field: field, documents: documents, maximumExpansion: maximumExpansion)
    var description: CorpusDescription?
    try AtomicFolder.publish(at: path) { (folder) throws(QuillError) in
      let run = PackingRun(self, sources, folder)
      let result = try run.pack(progress)
      try folder.write(CorpusDescription.fileName, result.json.prettyText)
      try folder.write(TokenizerFile.name, TokenizerFile.json(of: tokenizer))
      description = result
    }
    return description!
  }

  /// Refuses to replace a folder that holds something other than a corpus.
  private func requireReplaceable(_ path: String) throws(QuillError) {
    guard FilePath.isFolder(path), !FilePath.exists(FilePath.join(path, CorpusDescription.fileName)) else {
      return
    }
    guard try FilePath.list(path).isEmpty else {
      throw QuillError(
        .usage, at: path, "the folder exists and is not a corpus",
        remedy: "Choose another \(Vocabulary.parameter("output")).")
    }
  }
}

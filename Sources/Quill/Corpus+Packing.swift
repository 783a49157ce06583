import Machine

extension Corpus {
  /// Turns text into a corpus folder of compressed token shards, atomically; an existing corpus there is replaced.
  ///
  ///     let corpus = try Corpus.pack(["book.txt"], tokenizer: tokenizer, to: "corpora/book")
  ///
  /// The same texts give the same bytes. Several documents are split into training and validation by document, one long text
  /// by position: its end is for validation.
  ///
  /// - Parameters:
  ///   - texts: paths of files and of folders, searched recursively: plain text, JSON lines, and either compressed as .gz or
  ///     .zst.
  ///   - tokenizer: what cuts the text into tokens; a copy of it goes into the corpus.
  ///   - folder: the corpus folder to write.
  ///   - validation: the share of the text kept for validation, in [0, 1).
  ///   - documents: what a document of a plain text is; nil: what the text's sidecar says, else the whole file.
  ///   - field: the field of a JSON line that holds the text.
  ///   - progress: told bytes read and tokens made, now and then.
  /// - Throws: `QuillError`: `.usage` for a share out of range, or a folder that holds something else; `.missingInput` and
  ///   `.badData` about the texts, also where there is no text; `.inputOutput` where the folder cannot be written.
  public static func pack(
    _ texts: [String], tokenizer: any Tokenizer, to folder: String, validation: Double = 0.1,
    documents: DocumentRule? = nil, field: String = "text",
    progress: (CorpusPacker.Progress) -> Void = { _ in }
  ) throws(QuillError) -> Corpus {
    let packer = CorpusPacker(
      inputs: texts, tokenizer: tokenizer, field: field, documents: documents, validationFraction: validation,
      threadCount: ProcessorAllowance.count)
    _ = try packer.pack(to: folder, progress: progress)
    return try open(folder)
  }
}

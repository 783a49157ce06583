/// Where tokenizers come from and go to.
///
///     let tokenizer = try Tokenizers.train(on: ["book.txt"], vocabularySize: 1024)
///     try Tokenizers.save(tokenizer, to: "tokenizer/book.json")
///     tokenizer.encode("Once upon a time")           // [1432, 603, 257, 640]
public enum Tokenizers {
  /// Reads a Hugging Face `tokenizer.json`, or the one in a folder.
  ///
  /// - Throws: `QuillError`: `.missingInput` where there is none; `.badData` naming the key where it is not one that Quill
  ///   can follow to the letter.
  public static func load(_ path: String) throws(QuillError) -> any Tokenizer { try TokenizerFile.load(path) }

  /// Writes a Hugging Face `tokenizer.json`, atomically; folders on the way are created.
  ///
  /// - Throws: `QuillError` of kind `.inputOutput` where it cannot be written.
  public static func save(_ tokenizer: any Tokenizer, to path: String) throws(QuillError) {
    try TokenizerFile.save(tokenizer, to: path)
  }

  /// Trains a tokenizer on the documents of files and of folders, searched recursively: plain text, JSON lines, and either
  /// compressed as .gz or .zst.
  ///
  /// - Parameters:
  ///   - texts: paths of files and folders.
  ///   - vocabularySize: ids, special tokens included; byte pair encoding needs it and ends there, or earlier where no pair
  ///     is left. Characters take it as an upper bound; bytes ignore it.
  ///   - kind: how text becomes tokens.
  ///   - specialTokens: tokens that stand for no bytes; they get the last ids.
  ///   - documents: what a document of a plain text is; nil: what the text's sidecar says, else the whole file.
  ///   - field: the field of a JSON line that holds the text.
  /// - Throws: `QuillError`: `.usage` for a vocabulary that cannot be; `.missingInput` and `.badData` about the texts, also
  ///   where there is no text.
  public static func train(
    on texts: [String], vocabularySize: Int? = nil, kind: TokenizerKind = .bytePair,
    specialTokens: [String] = [SpecialTokens.endOfTextName], documents: DocumentRule? = nil,
    field: String = "text"
  ) throws(QuillError) -> any Tokenizer {
    let options = TokenizerTrainingOptions(
      kind: kind, vocabularySize: vocabularySize, specialTokens: specialTokens)
    return try trainTokenizer(on: texts, field: field, documents: documents, options: options).tokenizer
  }
}

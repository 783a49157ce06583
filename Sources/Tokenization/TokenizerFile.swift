import Storage

/// Reading and writing tokenizers as Hugging Face `tokenizer.json` (see `docs/formats/tokenizer.md`).
public enum TokenizerFile {
  /// Reads a `tokenizer.json`, or the one in the folder `path`.
  public static func load(_ path: String) throws(QuillError) -> any Tokenizer {
    throw QuillError(.internal, at: path, "tokenizer files are not read yet")
  }

  /// Writes `tokenizer` to the file `path`, atomically; folders on the way are created.
  public static func save(_ tokenizer: any Tokenizer, to path: String) throws(QuillError) {
    throw QuillError(.internal, at: path, "tokenizer files are not written yet")
  }

  /// The bytes of `tokenizer.json`.
  public static func json(of tokenizer: any Tokenizer) -> [UInt8] { [] }

  /// The bytes of `tokenizer_config.json`, which belongs beside `tokenizer.json` in a model folder.
  ///
  /// - Parameter maximumLength: the model's context, in tokens.
  public static func configurationJSON(of tokenizer: any Tokenizer, maximumLength: Int) -> [UInt8] { [] }
}

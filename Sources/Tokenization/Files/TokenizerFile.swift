import Storage

/// Reading and writing tokenizers as Hugging Face `tokenizer.json` (see `docs/formats/tokenizer.md`).
package enum TokenizerFile {
  /// The name of the file in a model folder.
  package static let name = "tokenizer.json"
  /// The name of its companion, which tells `transformers` how to load it.
  package static let configurationName = "tokenizer_config.json"

  /// Reads a `tokenizer.json`, or the one in the folder `path`. What texts begin and end with is what the files beside it
  /// say (``TextBoundsReader``).
  ///
  /// - Throws: `.missingInput` where there is none; `.badData` naming the key where it is not one that Quill can follow
  ///   to the letter.
  package static func load(_ path: String) throws(QuillError) -> any Tokenizer {
    let file = FilePath.isFolder(path) ? FilePath.join(path, name) : path
    let tokenizer = try TokenizerReader(JSONNode(file: file)).read()
    guard FilePath.name(of: file) == name,
      let bounds = try TextBoundsReader.read(FilePath.parent(of: file), tokenizer)
    else { return tokenizer }
    return tokenizer.with(bounds)
  }

  /// Reads the text of a `tokenizer.json`.
  ///
  /// - Parameter place: the file's name, for messages.
  package static func parse(_ text: [UInt8], place: String) throws(QuillError) -> any Tokenizer {
    try TokenizerReader(JSONNode(JSONValue.parse(text, place: place), place: place)).read()
  }

  /// Writes `tokenizer` to the file `path`, atomically; folders on the way are created.
  package static func save(_ tokenizer: any Tokenizer, to path: String) throws(QuillError) {
    try FilePath.createFolder(FilePath.parent(of: path))
    try AtomicFile.write(path, json(of: tokenizer))
  }
}

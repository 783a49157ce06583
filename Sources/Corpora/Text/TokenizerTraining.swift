import Storage
import Tokenization

// SAFETY: the document lends its bytes, which the trainer copies what it needs of; it is held until then.

/// Trains a tokenizer on the documents of files, folders and standard input (`-`), the same that a packed corpus would hold.
///
/// Each document is a text: no pair is counted across its end. The bytes tokenizer needs no text and reads none.
///
/// - Parameters:
///   - field: the field of `.jsonl` files that holds the text.
///   - documents: what a document of a plain text is; nil: what the text's sidecar says, else the whole file.
///   - maximumExpansion: how many times its size a compressed file may become.
/// - Throws: `.usage` for options that cannot be; `.missingInput` and `.badData` about inputs, also where there is no text.
package func trainTokenizer(
  on inputs: [String], field: String = "text", documents: DocumentRule? = nil,
  maximumExpansion: Double = ByteStreams.usualExpansion,
  options: TokenizerTrainingOptions, progress: (TokenizerTrainingProgress) -> Void = { _ in }
) throws(QuillError) -> TrainedTokenizer {
  let trainer = try TokenizerTrainer(options)
  if options.kind == .bytes { return try trainer.finish() }
  let sources = try TextSource.resolve(
    inputs, field: field, documents: documents, maximumExpansion: maximumExpansion)
  let total = TextSource.totalByteCount(of: sources)
  progress(.reading(byteCount: 0, of: total))
  for source in sources {
    try source.forEachDocument { (document) throws(QuillError) in
      let bytes = document.bytes.assumingMemoryBound(to: UInt8.self)
      for start in stride(from: 0, to: bytes.count, by: 1 << 22) {
        let block = bytes[start..<min(bytes.count, start + 1 << 22)]
        trainer.add(UnsafeBufferPointer(rebasing: block))
        progress(.reading(byteCount: trainer.byteCount, of: total))
      }
      trainer.endText()
      withExtendedLifetime(document) {}
    }
  }
  return try trainer.finish(progress: progress)
}

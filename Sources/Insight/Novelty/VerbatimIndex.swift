import Compute
import Corpora
import Storage
import Tokenization

/// Finds where in a corpus's training text a text stands word for word.
///
///     let index = try VerbatimIndex.open(Corpus.open("corpora/tales"))
///     for notice in index.notices { print(notice) }
///     for stretch in index.trace(ids, atLeast: 10) {
///       print(stretch.text, stretch.place.document, stretch.place.line, stretch.occurrenceCount)
///     }
///
/// Tokens are compared, not characters: the ids must come from the corpus's tokenizer. The index is a suffix array over the
/// training tokens, made when it is first needed and kept beside the corpus (`docs/formats/suffix-index.md`); the tokens
/// themselves are in memory, 2 bytes each where the vocabulary allows. Several threads may ask at once.
package final class VerbatimIndex: Sendable {
  package let corpus: Corpus
  /// The corpus's tokenizer.
  package let tokenizer: any Tokenizer
  /// Whether the suffix array was made now: it was not there, or not usable.
  package let wasMade: Bool
  /// What a user should know: why a stored index was not used, or why this one could not be stored.
  package let notices: [String]
  let text: IndexedText
  let order: SuffixOrder

  /// The symbols that were sorted: the tokens, and separators where the tokenizer has no end of text.
  package var symbolCount: Int { text.count }
  /// Bytes of the index, in the file and in memory.
  package var byteCount: Int { order.bytes.count }
  /// Where the index is kept.
  package var path: String { FilePath.join(corpus.path, SuffixIndexFile.name) }

  /// Opens the index of a corpus, or makes and stores it.
  ///
  /// - Parameter progress: told the fraction done, now and then, where the index has to be made.
  /// - Throws: `QuillError`: `.badData` where the corpus is damaged; `.usage` where it is too large for the memory or for
  ///   an index. A damaged or foreign index is no error: it is made anew, with a notice.
  /// - Complexity: O(n) for n training tokens.
  package static func open(
    _ corpus: Corpus, progress: (Double) -> Void = { _ in }
  ) throws(QuillError) -> VerbatimIndex {
    let tokenizer = try corpus.loadTokenizer()
    let text = try IndexedText(corpus, tokenizer: tokenizer)
    let path = FilePath.join(corpus.path, SuffixIndexFile.name)
    let file = try SuffixIndexFile.manifestHash(of: corpus.path).map { SuffixIndexFile(of: text, corpus, $0) }
    var notices: [String] = []
    if let file, FilePath.exists(path), text.count > 0 {
      do throws(QuillError) {
        let order = try file.read(path)
        return VerbatimIndex(corpus, tokenizer, text, order, wasMade: false, notices: [])
      } catch {
        notices.append("\(QuillError(error.kind, at: error.place, error.problem)). The index was made anew.")
      }
    }
    let order = try SuffixOrder(sorting: text, progress: progress)
    if text.count > 0 {
      if let file {
        do throws(QuillError) { try file.write(order, to: path) } catch {
          notices.append("The index was not stored, so that it has to be made again next time: \(error)")
        }
      } else {
        notices.append(
          "The index was not stored: \(corpus.path) has no \(FolderManifest.fileName) that it could be bound to."
        )
      }
    }
    return VerbatimIndex(corpus, tokenizer, text, order, wasMade: true, notices: notices)
  }

  private init(
    _ corpus: Corpus, _ tokenizer: any Tokenizer, _ text: IndexedText, _ order: SuffixOrder, wasMade: Bool,
    notices: [String]
  ) {
    self.corpus = corpus
    self.tokenizer = tokenizer
    self.text = text
    self.order = order
    self.wasMade = wasMade
    self.notices = notices
  }

  /// The index of a corpus in a file of any name, as `open` would read it.
  ///
  /// - Throws: `.badData` where the file is damaged or of another corpus.
  package convenience init(_ corpus: Corpus, file path: String) throws(QuillError) {
    let tokenizer = try corpus.loadTokenizer()
    let text = try IndexedText(corpus, tokenizer: tokenizer)
    guard let hash = try SuffixIndexFile.manifestHash(of: corpus.path) else {
      throw QuillError(
        .badData, at: corpus.path, "the corpus has no \(FolderManifest.fileName)",
        remedy: "Re-create it with \(Vocabulary.task(.packCorpus())).")
    }
    let order = try SuffixIndexFile(of: text, corpus, hash).read(path)
    self.init(corpus, tokenizer, text, order, wasMade: false, notices: [])
  }
}

extension SuffixIndexFile {
  fileprivate init(of text: IndexedText, _ corpus: Corpus, _ manifestHash: SHA256.Digest) {
    self.init(
      separates: text.separates, count: text.count, vocabularySize: corpus.vocabularySize,
      manifestHash: manifestHash)
  }
}

extension SuffixOrder {
  /// Sorts the suffixes of a text.
  ///
  /// - Throws: `.usage` where the memory is too small.
  fileprivate init(sorting text: IndexedText, progress: (Double) -> Void) throws(QuillError) {
    // The order, and more than sorting took beside it in all texts that were measured: docs/LOG.md.
    try IndexedText.requireMemory(
      4 * text.count + 2 * text.count + 8 * text.symbolCount,
      for: "the suffix index of \(text.count.grouped) tokens")
    let slab = Slab<Int32>(count: text.count)
    switch text.symbols {
    case .narrow(let symbols):
      suffixArray(
        of: UnsafeBufferPointer(symbols.buffer), symbolCount: text.symbolCount, into: slab.buffer,
        progress: progress)
    case .wide(let symbols):
      suffixArray(
        of: UnsafeBufferPointer(symbols.buffer), symbolCount: text.symbolCount, into: slab.buffer,
        progress: progress)
    }
    self.init(slab)
  }
}

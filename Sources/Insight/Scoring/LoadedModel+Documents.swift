import Corpora
import Storage
import Tokenization
import Training

/// How much of some texts has been scored.
package struct ScoringProgress: Sendable {
  package let byteCount: Int
  /// Nil where the texts are compressed, in lines, or piped in.
  package let totalByteCount: Int?
}

extension LoadedModel {
  /// Scores the documents of files, folders and standard input (`-`), the same that a packed corpus would hold.
  ///
  /// - Parameters:
  ///   - stride: how many tokens each window after the first predicts; nil: half the context, rounded up.
  ///   - receive: gets every predicted token in order, with the number of its document.
  /// - Returns: the sums of every document, also of those without a predicted token.
  /// - Throws: `.missingInput` and `.badData` about inputs, `.usage` for a stride that cannot be or too little memory.
  package func scoreDocuments(
    of inputs: [String], field: String = "text", documents: DocumentRule? = nil,
    maximumExpansion: Double = ByteStreams.usualExpansion, stride: Int? = nil,
    receive: @escaping TextScorer.Receiver = { _, _, _ in }, progress: (ScoringProgress) -> Void = { _ in }
  ) throws(QuillError) -> [ScoreSum] {
    let sources = try TextSource.resolve(
      inputs, field: field, documents: documents, maximumExpansion: maximumExpansion)
    let total = TextSource.totalByteCount(of: sources)
    let tokenizer = tokenizer
    let byteCounts = (0..<tokenizer.vocabularySize).map { tokenizer.bytes(of: TokenID($0)).count }
    var sums: [ScoreSum] = []
    let scorer = try TextScorer(
      model, tokenizer: tokenizer, stride: stride ?? (model.configuration.contextLength + 1) / 2, place: folder
    ) { (document, id, logProbability) throws(QuillError) in
      sums[document].add(logProbability, byteCount: byteCounts[Int(id)])
      try receive(document, id, logProbability)
    }
    var byteCount = 0
    for source in sources {
      try source.forEachDocument { (document) throws(QuillError) in
        sums.append(ScoreSum())
        // SAFETY: the document lends its bytes, and is held until they have been encoded.
        let bytes = document.bytes.assumingMemoryBound(to: UInt8.self)
        let before = byteCount
        try tokenizer.encode(bytes) { (block) throws(QuillError) in
          try scorer.add(block)
          byteCount += block.reduce(0) { $0 + byteCounts[Int($1)] }
          progress(ScoringProgress(byteCount: byteCount, totalByteCount: total))
        }
        byteCount = before + bytes.count
        try scorer.endDocument()
        withExtendedLifetime(document) {}
      }
    }
    try scorer.finish()
    return sums
  }
}

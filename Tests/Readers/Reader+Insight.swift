import Corpora
import Foundation
import Insight
import Storage
import Tokenization

extension Reader {
  /// The suffix index beside a corpus: as it is, and with the hashes of what it holds, as somebody may forge it.
  package static let suffixIndex = Reader(name: "suffixes", kinds: [.badData, .missingInput]) { folder in
    let corpus = try packCorpus(in: folder)
    _ = try VerbatimIndex.open(Corpus.open(corpus.path))
    return ["corpus/\(SuffixIndexFile.name)"]
  } read: { folder in
    let corpus = try Corpus.open(folder.appendingPathComponent("corpus").path)
    let path = folder.appendingPathComponent("corpus/\(SuffixIndexFile.name)").path
    let forged = folder.appendingPathComponent("forged").path
    try AtomicFile.write(forged, sealedIndex(Array(Data(contentsOf: URL(filePath: path)))))
    // What the forged one answers is of no interest, that it answers is.
    if let index = try? VerbatimIndex(corpus, file: forged) { look(into: index) }
    look(into: try VerbatimIndex(corpus, file: path))
  }

  private static func look(into index: VerbatimIndex) {
    let tokens = index.tokenizer.encode("Ann sees Bob and 12 birds. Dörte sees 12 birds.\nCid sees nobody")
    _ = index.longestMatches(of: tokens)
    _ = index.trace(tokens, atLeast: 1)
    _ = Novelty(of: [tokens], in: index, lengths: [2, 5])
  }

  /// The hashes stand at the bytes that `docs/formats/suffix-index.md` says.
  private static func sealedIndex(_ bytes: [UInt8]) -> [UInt8] {
    guard bytes.count >= 128 else { return bytes }
    var bytes = bytes
    bytes.replaceSubrange(64..<96, with: SHA256.hash(Array(bytes[128...])).bytes)
    bytes.replaceSubrange(96..<128, with: SHA256.hash(Array(bytes[..<96])).bytes)
    return bytes
  }
}

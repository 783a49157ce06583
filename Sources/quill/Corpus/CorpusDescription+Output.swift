import CommandLineKit
import Corpora
import Storage
import Formatting

extension CorpusDescription {
  /// A table of both splits and a line about what they were made with.
  var summary: String {
    var rows = [["split", "documents", "tokens", "bytes", "bytes/token", "compressed", "ratio"]]
    for (name, counts) in [("train", train), ("validation", validation)] {
      rows.append([
        name, counts.documentCount.grouped, counts.tokenCount.grouped, counts.byteCount.grouped,
        counts.bytesPerToken.map { Quantity.decimals($0, 2) } ?? "-",
        Quantity.bytes(counts.compressedByteCount),
        counts.compressionRatio.map { Quantity.decimals($0, 2) } ?? "-",
      ])
    }
    let table = Table(rows, alignments: [.left] + Array(repeating: .right, count: 6)).rendered()
    var facts = [
      "tokenizer: \(tokenizerKind.rawValue), \(vocabularySize.grouped) ids; split by \(splitMethod.rawValue)"
    ]
    if let floor = entropyFloorBitsPerByte {
      facts.append("entropy of the text: \(Quantity.decimals(floor, 4)) bits per byte")
    }
    return table + facts.map { $0 + "\n" }.joined()
  }
}

import CommandLineKit
import Corpora
import Storage

extension CorpusDescription {
  /// The description as the result of a command, with its folder first and `more` last.
  func result(at folder: String, _ more: KeyValuePairs<String, JSONValue>) -> JSONValue {
    var object = JSONObject([("corpus", .string(folder))])
    if case .object(let members) = json {
      for (key, value) in members.members { object[key] = value }
    }
    for (key, value) in more { object[key] = value }
    return .object(object)
  }

  /// A table of both splits and a line about what they were made with.
  var summary: String {
    var rows = [["split", "documents", "tokens", "bytes", "bytes/token", "compressed", "ratio"]]
    for (name, counts) in [("train", train), ("validation", validation)] {
      rows.append([
        name, grouped(counts.documentCount), grouped(counts.tokenCount), grouped(counts.byteCount),
        counts.bytesPerToken.map { fixed($0, 2) } ?? "-", formattedBytes(counts.compressedByteCount),
        counts.compressionRatio.map { fixed($0, 2) } ?? "-",
      ])
    }
    let table = Table(rows, alignments: [.left] + Array(repeating: .right, count: 6)).rendered()
    var facts = [
      "tokenizer: \(tokenizerKind.rawValue), \(grouped(vocabularySize)) ids; split by \(splitMethod.rawValue)"
    ]
    if let floor = entropyFloorBitsPerByte {
      facts.append("entropy of the text: \(fixed(floor, 4)) bits per byte")
    }
    return table + facts.map { $0 + "\n" }.joined()
  }
}

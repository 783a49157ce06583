import Formatting

/// Long pastes on the line being edited: a short mark stands for each, so that what is edited stays a line.
struct Pastes {
  private var texts: [(mark: String, text: String)] = []
  /// The characters of a paste of one line that is put into the line itself.
  private static let shortest = 500

  /// What a paste puts into the line: itself where it is short and of one line, else a mark.
  ///
  /// A line end at its very end is left out: what is pasted is entered with the Return key.
  mutating func add(_ bytes: [UInt8]) -> String {
    var text = String(decoding: bytes, as: UTF8.self).replacing("\r\n", with: "\n").replacing("\r", with: "\n")
    if text.unicodeScalars.last == "\n" { text.unicodeScalars.removeLast() }
    let lineCount = text.utf8.count { $0 == UInt8(ascii: "\n") } + 1
    if lineCount == 1, text.unicodeScalars.count <= Self.shortest,
      !text.unicodeScalars.contains(where: Escaped.isControl)
    {
      return text
    }
    let size = "\(lineCount.grouped) line\(lineCount == 1 ? "" : "s"), \(text.utf8.count.grouped) bytes"
    let mark = "[paste \(texts.count + 1): \(size)]"
    texts.append((mark, text))
    return mark
  }

  /// The line with what was pasted in the place of its marks.
  func expanded(_ line: String) -> String {
    var rest = line[...]
    var result = ""
    while !rest.isEmpty {
      let next = texts.compactMap { paste in rest.range(of: paste.mark).map { (range: $0, text: paste.text) } }
        .min { $0.range.lowerBound < $1.range.lowerBound }
      guard let next else { break }
      result += rest[..<next.range.lowerBound] + next.text
      rest = rest[next.range.upperBound...]
    }
    return result + rest
  }
}

extension Substring {
  /// The first place of `other`, by its scalars.
  fileprivate func range(of other: String) -> Range<Index>? { firstRange(of: other) }
}

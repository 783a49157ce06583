import Storage
import Tokenization

/// A stretch of a text that stands word for word in a corpus's training text, and is part of no longer one.
package struct Stretch: Sendable, Equatable {
  /// Where a stretch stands in the training text: the first place, where there are several.
  package struct Place: Sendable, Equatable {
    /// The number of the document in the training split, from 1.
    package var document: Int
    /// The bytes of the document before the stretch.
    package var byteOffset: Int
    /// The line of the document in which the stretch begins, from 1.
    package var line: Int
    /// What the document has before the stretch and after it: about a line each, whole characters.
    package var before: String
    package var after: String
  }

  /// The tokens of the text that was looked up.
  package var tokenRange: Range<Int>
  /// The bytes that they stand for in that text.
  package var byteRange: Range<Int>
  /// The bytes as text; U+FFFD where a token at an end holds a part of a character.
  package var text: String
  package var place: Place
  /// The places in the training text at which the stretch stands.
  package var occurrenceCount: Int

  package var tokenCount: Int { tokenRange.count }
}

extension VerbatimIndex {
  /// Where the training text has stretches of a text word for word.
  ///
  /// What `/trace` and `quill novelty` show. No stretch reaches beyond a document of the corpus unless it holds the end-of-text token.
  ///
  /// - Parameters:
  ///   - tokens: the text, in ids of the corpus's own tokenizer (`Corpus.require(_:from:)`).
  ///   - minimum: the fewest tokens of a stretch.
  /// - Returns: all maximal stretches in the order of the text. They may overlap; none is part of another.
  /// - Precondition: `0 <= id < vocabularySize`; `minimum >= 1`.
  /// - Complexity: O(log n) steps and about 10 µs for each token and stretch, n being the training tokens, plus the number of a
  ///   stretch's occurrences.
  package func trace(_ tokens: [TokenID], atLeast minimum: Int) -> [Stretch] {
    let matches = maximalMatches(of: tokens, atLeast: minimum)
    guard !matches.isEmpty else { return [] }
    let offsets = byteOffsets(of: tokens)
    return matches.map { stretch($0, in: tokens, offsets) }
  }

  /// The longest stretch of a text, the first among equals; nil where not a single token is in the training text.
  package func longestStretch(of tokens: [TokenID]) -> Stretch? {
    let matches = maximalMatches(of: tokens, atLeast: 1)
    guard let longest = matches.map(\.tokenCount).max(),
      let match = matches.first(where: { $0.tokenCount == longest })
    else { return nil }
    return stretch(match, in: tokens, byteOffsets(of: tokens))
  }

  /// The bytes before each token, and of all.
  func byteOffsets(of tokens: [TokenID]) -> [Int] {
    var offsets = [0]
    offsets.reserveCapacity(tokens.count + 1)
    for token in tokens { offsets.append(offsets.last! + text.byteCount(of: Int(token))) }
    return offsets
  }

  func stretch(_ match: Match, in tokens: [TokenID], _ offsets: [Int]) -> Stretch {
    let (count, first) = occurrences(of: match, in: tokens)
    let bytes = tokenizer.decode(tokens[match.range])
    return Stretch(
      tokenRange: match.range,
      byteRange: offsets[match.range.lowerBound]..<offsets[match.range.upperBound],
      text: String(decoding: bytes, as: UTF8.self), place: place(of: first, tokenCount: match.tokenCount),
      occurrenceCount: count)
  }

  /// Bytes that are shown before and after a stretch.
  private static let surroundings = 80

  private func place(of position: Int, tokenCount: Int) -> Stretch.Place {
    let document = text.document(at: position)
    let offset = text.offset(of: position)
    var before: [UInt8] = []
    var start = position
    while start > document.range.lowerBound, before.count < Self.surroundings {
      start -= 1
      before = bytes(ofSymbol: text[start]) + before
    }
    var after: [UInt8] = []
    let last = text.document(at: position + tokenCount - 1).range.upperBound
    var end = position + tokenCount
    while end < last, after.count < Self.surroundings {
      after += bytes(ofSymbol: text[end])
      end += 1
    }
    return Stretch.Place(
      document: document.number + 1, byteOffset: offset.byteCount, line: offset.lineBreakCount + 1,
      before: Self.wholeCharacters(before.suffix(Self.surroundings)),
      after: Self.wholeCharacters(after.prefix(Self.surroundings)))
  }

  /// A separator stands for nothing.
  private func bytes(ofSymbol symbol: Int) -> [UInt8] {
    symbol < tokenizer.vocabularySize ? tokenizer.bytes(of: TokenID(symbol)) : []
  }

  /// The text without the parts of characters at its ends.
  private static func wholeCharacters(_ bytes: ArraySlice<UInt8>) -> String {
    let bytes = bytes.drop { $0 & 0xC0 == 0x80 }
    var end = bytes.endIndex
    if let first = bytes.lastIndex(where: { $0 & 0xC0 != 0x80 }) {
      let length = bytes[first] < 0x80 ? 1 : bytes[first] < 0xE0 ? 2 : bytes[first] < 0xF0 ? 3 : 4
      if first + length > bytes.endIndex { end = first }
    }
    return String(decoding: bytes[..<end], as: UTF8.self)
  }
}

import Tokenization

/// How much of some texts stands word for word in a corpus's training text.
///
///     let novelty = Novelty(of: samples, in: index, lengths: [5, 10, 20, 50])
///     novelty.shares[1].tokens.value         // of all tokens, those inside verbatim stretches of at least 10
///
/// A share is a ratio of sums over the texts, which are its clusters: tokens of one text are not independent.
///
///     share = Σ copied / Σ all
///     standard error = √(n / (n − 1) · Σ (copied − share · all)²) / Σ all
///
/// Compared with the same of held-out text it says whether a model copies: people, too, write what was written before.
package struct Novelty: Sendable {
  /// A share and its standard error over the texts; nil where there is but one text.
  package struct Estimate: Sendable, Equatable {
    package var value: Double
    package var standardError: Double?
  }

  /// What stands inside stretches of at least so many tokens.
  package struct Share: Sendable, Equatable {
    package var length: Int
    package var tokens: Estimate
    package var bytes: Estimate
  }

  /// A stretch and the number of its text, from 0.
  package struct Finding: Sendable, Equatable {
    package var text: Int
    package var stretch: Stretch
  }

  package let textCount: Int
  /// All tokens; end-of-text tokens count, as tokens of no bytes.
  package let tokenCount: Int
  package let byteCount: Int
  /// One for each length, ascending.
  package let shares: [Share]
  /// The longest stretches of all texts, whatever their length, longest first; at most ten, no two from the same place.
  package let findings: [Finding]

  private static let largestFindingCount = 10

  /// Looks texts up.
  ///
  /// - Parameters:
  ///   - texts: in ids of the corpus's tokenizer.
  ///   - lengths: the fewest tokens of a stretch that counts as copied; several answers are had at once.
  ///   - progress: told the fraction done before each text.
  /// - Precondition: there are lengths, each at least 1.
  package init(
    of texts: [[TokenID]], in index: VerbatimIndex, lengths: [Int], progress: (Double) -> Void = { _ in }
  ) {
    let lengths = Set(lengths).sorted()
    precondition(lengths.first.map { $0 >= 1 } ?? false, "expected lengths of at least 1, found \(lengths)")
    var tallies = [(tokens: [Double], bytes: [Double])](repeating: ([], []), count: lengths.count)
    var sizes: (tokens: [Double], bytes: [Double]) = ([], [])
    var candidates: [(text: Int, match: VerbatimIndex.Match)] = []
    for (number, tokens) in texts.enumerated() {
      progress(Double(number) / Double(texts.count))
      let offsets = index.byteOffsets(of: tokens)
      sizes.tokens.append(Double(tokens.count))
      sizes.bytes.append(Double(offsets.last!))
      let matches = index.maximalMatches(of: tokens, atLeast: 1)
      for (place, length) in lengths.enumerated() {
        let copied = Self.copied(matches, atLeast: length, offsets)
        tallies[place].tokens.append(Double(copied.tokens))
        tallies[place].bytes.append(Double(copied.bytes))
      }
      candidates += matches.map { (number, $0) }
      // Longest first, then in the order of the texts; what cannot be among the longest any more is dropped.
      candidates.sort {
        ($1.match.tokenCount, $0.text, $0.match.range.lowerBound)
          < ($0.match.tokenCount, $1.text, $1.match.range.lowerBound)
      }
      candidates.removeLast(max(0, candidates.count - 100))
    }
    textCount = texts.count
    tokenCount = Int(sizes.tokens.reduce(0, +))
    byteCount = Int(sizes.bytes.reduce(0, +))
    shares = lengths.indices.map { place in
      Share(
        length: lengths[place], tokens: Estimate(tallies[place].tokens, of: sizes.tokens),
        bytes: Estimate(tallies[place].bytes, of: sizes.bytes))
    }
    var findings: [Finding] = []
    for (number, match) in candidates where findings.count < Self.largestFindingCount {
      let stretch = index.stretch(match, in: texts[number], index.byteOffsets(of: texts[number]))
      let isKnown = findings.contains {
        let place = $0.stretch.place
        return place.document == stretch.place.document && place.byteOffset == stretch.place.byteOffset
      }
      if !isKnown {
        findings.append(Finding(text: number, stretch: stretch))
      }
    }
    self.findings = findings
  }

  /// The tokens and bytes inside matches of at least `length` tokens, those in several counted once.
  private static func copied(
    _ matches: [VerbatimIndex.Match], atLeast length: Int, _ offsets: [Int]
  ) -> (tokens: Int, bytes: Int) {
    var (tokens, bytes, end) = (0, 0, 0)
    for match in matches where match.tokenCount >= length {
      let start = max(end, match.range.lowerBound)
      end = match.range.upperBound
      tokens += end - start
      bytes += offsets[end] - offsets[start]
    }
    return (tokens, bytes)
  }
}

extension Novelty.Estimate {
  /// The ratio of two sums over clusters, and its standard error; 0 of nothing.
  fileprivate init(_ parts: [Double], of wholes: [Double]) {
    let whole = wholes.reduce(0, +)
    guard whole > 0 else {
      self.init(value: 0, standardError: nil)
      return
    }
    let value = parts.reduce(0, +) / whole
    let squares = zip(parts, wholes).reduce(0.0) { sum, pair in
      let residual = pair.0 - value * pair.1
      return sum + residual * residual
    }
    let count = Double(parts.count)
    self.init(
      value: value,
      standardError: parts.count > 1 ? (count / (count - 1) * squares).squareRoot() / whole : nil)
  }
}

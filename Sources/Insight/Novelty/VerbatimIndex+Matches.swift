import Compute
import Tokenization

// SAFETY: a slab has `text.count` symbols; positions come from `SuffixOrder`, which keeps them below that, and a comparison ends
// with the text or the query, whichever is shorter.

extension VerbatimIndex {
  /// Tokens of a query that stand in the text.
  package struct Match: Sendable, Equatable {
    /// The tokens of the query.
    package var range: Range<Int>
    /// Where in the text they stand; one place of perhaps several.
    package var position: Int
    package var tokenCount: Int { range.count }
  }

  /// The longest match that begins at each token: matching statistics.
  ///
  /// - Precondition: the ids are the corpus's own: `0 ..< vocabularySize`.
  /// - Complexity: O(m · (log n + longest match)) for m tokens.
  package func longestMatches(of tokens: [TokenID]) -> [Match] {
    requireOwn(tokens)
    return tokens.withUnsafeBufferPointer { tokens in
      tokens.indices.map { longestMatch(of: tokens, from: $0) }
    }
  }

  /// The matches of at least `minimum` tokens that are part of no longer one, in the order of the query. Two may overlap.
  ///
  /// - Precondition: the ids are the corpus's own; `minimum >= 1`.
  package func maximalMatches(of tokens: [TokenID], atLeast minimum: Int) -> [Match] {
    precondition(minimum >= 1, "a match has at least one token, found \(minimum)")
    requireOwn(tokens)
    return tokens.withUnsafeBufferPointer { tokens in
      var found: [Match] = []
      var next = tokens.isEmpty ? nil : longestMatch(of: tokens, from: 0)
      while let match = next {
        if match.tokenCount >= minimum { found.append(match) }
        next = matchBeyond(match, in: tokens)
      }
      return found
    }
  }

  /// How often a match stands in the text, and the first place of all.
  package func occurrences(of match: Match, in tokens: [TokenID]) -> (count: Int, first: Int) {
    let tokens = tokens[match.range]
    return tokens.withUnsafeBufferPointer { query in
      let low = rank(of: query, countingMatches: false)
      let high = rank(of: query, countingMatches: true)
      var first = match.position
      for rank in low..<max(low, high) { first = min(first, order[rank]) }
      // A forged index may point anywhere.
      if commonLength(query, at: first, from: 0) < query.count { first = match.position }
      return (max(1, high - low), first)
    }
  }

  private func requireOwn(_ tokens: [TokenID]) {
    let bound = TokenID(clamping: corpus.vocabularySize)
    precondition(
      tokens.allSatisfy { $0 >= 0 && $0 < bound }, "ids that the corpus's tokenizer of \(bound) does not have")
  }

  /// The maximal match that follows one: the first that reaches beyond its end.
  private func matchBeyond(_ match: Match, in tokens: UnsafeBufferPointer<TokenID>) -> Match? {
    let end = match.range.upperBound
    guard end < tokens.count else { return nil }
    // One by one while that is little work.
    if match.tokenCount <= 32 {
      for start in match.range.lowerBound + 1..<max(match.range.lowerBound + 2, end + 1) {
        let next = longestMatch(of: tokens, from: start)
        if next.range.upperBound > end { return next }
      }
      return Match(range: end + 1..<end + 1, position: 0).extended(by: self, in: tokens)
    }
    // Of the stretches that end with the token at `end`, the longest in the text: if one is there, shorter ones are.
    func isThere(_ length: Int) -> Bool {
      let range = end + 1 - length..<end + 1
      return longestMatch(of: UnsafeBufferPointer(rebasing: tokens[range]), from: 0).tokenCount == length
    }
    var (there, missing) = (0, 1)
    while missing <= match.tokenCount, isThere(missing) { (there, missing) = (missing, 2 * missing) }
    missing = min(missing, match.tokenCount + 1)
    while missing - there > 1 {
      let middle = (there + missing) / 2
      if isThere(middle) { there = middle } else { missing = middle }
    }
    let start = end + 1 - there
    return Match(range: start..<start, position: 0).extended(by: self, in: tokens)
  }

  /// The longest beginning of `tokens[start...]` that the text holds.
  fileprivate func longestMatch(of tokens: UnsafeBufferPointer<TokenID>, from start: Int) -> Match {
    let query = UnsafeBufferPointer(rebasing: tokens[start...])
    let (length, position) =
      switch text.symbols {
      case .narrow(let symbols): longestBeginning(of: query, symbols)
      case .wide(let symbols): longestBeginning(of: query, symbols)
      }
    return Match(range: start..<start + length, position: position)
  }

  /// A binary search for the query's place among the suffixes: one of its neighbours there has the longest common beginning with it,
  /// and both are met on the way.
  ///
  /// What two suffixes have in common with the query, all between them have too, so a comparison begins behind it. (Manber &
  /// Myers 1993, doi:10.1137/0222058, section 2, without their table.)
  private func longestBeginning<Symbol: FixedWidthInteger & UnsignedInteger>(
    of query: UnsafeBufferPointer<TokenID>, _ symbols: Slab<Symbol>
  ) -> (length: Int, position: Int) {
    var (low, high) = (0, order.count)
    var (lowLength, highLength) = (0, 0)
    var (best, bestPosition) = (0, 0)
    while low < high {
      let middle = (low &+ high) / 2
      let position = order[middle]
      let length = commonLength(query, symbols, at: position, from: min(lowLength, highLength))
      if length > best { (best, bestPosition) = (length, position) }
      if suffix(symbols, at: position, isBefore: query, after: length) {
        (low, lowLength) = (middle &+ 1, length)
      } else {
        (high, highLength) = (middle, length)
      }
    }
    // In an order that is none, as a forged file may hold, nothing follows from neighbours.
    guard best > 0 else { return (0, 0) }
    return (min(best, commonLength(query, symbols, at: bestPosition, from: 0)), bestPosition)
  }

  /// The number of suffixes before the query, or of those before it and those that begin with it.
  private func rank(of query: UnsafeBufferPointer<TokenID>, countingMatches: Bool) -> Int {
    var (low, high) = (0, order.count)
    while low < high {
      let middle = (low + high) / 2
      let position = order[middle]
      let length = commonLength(query, at: position, from: 0)
      let isBefore =
        length == query.count
        ? countingMatches
        : length == text.count - position || TokenID(clamping: text[position + length]) < query[length]
      if isBefore { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// How many symbols query and suffix have in common, of which `known` need not be compared.
  private func commonLength(_ query: UnsafeBufferPointer<TokenID>, at position: Int, from known: Int) -> Int {
    switch text.symbols {
    case .narrow(let symbols): commonLength(query, symbols, at: position, from: known)
    case .wide(let symbols): commonLength(query, symbols, at: position, from: known)
    }
  }

  @inline(__always)
  private func commonLength<Symbol: FixedWidthInteger & UnsignedInteger>(
    _ query: UnsafeBufferPointer<TokenID>, _ symbols: Slab<Symbol>, at position: Int, from known: Int
  ) -> Int {
    let limit = min(query.count, symbols.count &- position)
    var length = min(known, limit)
    while length < limit,
      TokenID(truncatingIfNeeded: symbols.pointer[position &+ length]) == query[length]
    { length &+= 1 }
    return length
  }

  /// Whether a suffix, equal to the query for `length` symbols, is smaller than it.
  @inline(__always)
  private func suffix<Symbol: FixedWidthInteger & UnsignedInteger>(
    _ symbols: Slab<Symbol>, at position: Int, isBefore query: UnsafeBufferPointer<TokenID>, after length: Int
  ) -> Bool {
    if length == query.count { return false }
    if length == symbols.count &- position { return true }
    return TokenID(truncatingIfNeeded: symbols.pointer[position &+ length]) < query[length]
  }
}

extension VerbatimIndex.Match {
  /// The longest match from where this one begins; nil at the end of the query.
  fileprivate func extended(
    by index: VerbatimIndex, in tokens: UnsafeBufferPointer<TokenID>
  ) -> VerbatimIndex.Match? {
    range.lowerBound < tokens.count ? index.longestMatch(of: tokens, from: range.lowerBound) : nil
  }
}

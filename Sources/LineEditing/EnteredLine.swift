/// What a person did at a prompt.
package enum EnteredLine: Sendable, Equatable {
  /// A line without its end; a paste may have put several lines into it. Bytes, which need not be UTF-8.
  case text([UInt8])
  /// Ctrl-C; and whether there was text, which is dropped then.
  case interruption(droppedText: Bool)
  /// Ctrl-D, or the end of a file.
  case end
}

/// What a word before the cursor could become.
package struct Completion: Sendable, Equatable {
  /// The characters before the cursor that candidates replace.
  package var replacedCount: Int
  package var candidates: [String]
  /// Whether what was completed is whole, so that a space follows.
  package var endsWord: Bool

  package init(replacedCount: Int, candidates: [String], endsWord: Bool = true) {
    self.replacedCount = replacedCount
    self.candidates = candidates
    self.endsWord = endsWord
  }

  /// What all candidates begin with.
  package var commonBeginning: String {
    guard var common = candidates.first?.unicodeScalars.map({ $0 }) else { return "" }
    for candidate in candidates.dropFirst() {
      common = zip(common, candidate.unicodeScalars).prefix { $0 == $1 }.map(\.0)
    }
    return String(String.UnicodeScalarView(common))
  }
}

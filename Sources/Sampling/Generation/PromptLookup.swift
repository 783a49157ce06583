/// Guesses how a text goes on by looking where its last tokens stood before: prompt-lookup decoding (Saxena 2023).
///
/// A guess costs nothing and need not be right: the model checks all of it in one pass, and what it would not have drawn is
/// taken back. It pays where texts repeat themselves: code, tables, names, quotations.
struct PromptLookup {
  /// Tokens that must agree before a guess is made, from the longest tried to the shortest.
  private static let matchLengths = [4, 3, 2]

  /// `count` tokens that followed the latest earlier place where the text's last tokens stood; none where they are new.
  ///
  /// - Complexity: O(text), a comparison a token.
  static func guess(after text: [Int32], count: Int) -> [Int32] {
    guard count > 0 else { return [] }
    for length in matchLengths where text.count > length {
      let ending = text.suffix(length)
      var start = text.count - length - 1
      while start >= 0 {
        if text[start + length - 1] == ending.last, text[start..<start + length].elementsEqual(ending) {
          // Where the place is near, what was guessed first is repeated in turn.
          let period = text.count - start - length
          return (0..<count).map { text[start + length + $0 % period] }
        }
        start -= 1
      }
    }
    return []
  }
}

/// How a text is cut into pieces before byte pair merging; no token crosses a cut.
///
/// The scanners cut exactly as the regular expressions below do in Hugging Face `tokenizers`.
package enum SplitPattern: String, Sendable, CaseIterable {
  /// GPT-2's pattern.
  case gpt2
  /// GPT-4's pattern (`cl100k_base`): contractions in any case, at most three digits, newlines kept together.
  case gpt4

  /// The regular expression the scanner stands for.
  package var regularExpression: String {
    switch self {
    case .gpt2:
      #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#
    case .gpt4:
      #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*"#
        + #"|\s*[\r\n]+|\s+(?!\S)|\s+"#
    }
  }
}

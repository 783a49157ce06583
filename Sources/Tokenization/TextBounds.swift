/// The tokens that a text begins and ends with, as the folder of a model says.
///
///     tokenizer.bounds.ends.contains(token)     // the model has ended its text
public struct TextBounds: Sendable, Equatable {
  /// What a model was shown before a text's first token, and so what an empty prompt begins with; nil where nothing is said.
  public let beginning: TokenID?
  /// The tokens that end a text. The first also separates documents in a corpus; nothing does where there is none.
  public let ends: [TokenID]
  /// What the folder says that cannot be, and what was made of it; one line each.
  public let notices: [String]

  /// Bounds; without tokens, texts neither begin nor end with any.
  ///
  /// - Parameters:
  ///   - beginning: the token before a text's first; nil: the first of `ends`.
  ///   - ends: the tokens that end a text.
  ///   - notices: what is to be told about them.
  public init(beginning: TokenID? = nil, ends: [TokenID] = [], notices: [String] = []) {
    self.beginning = beginning ?? ends.first
    self.ends = ends
    self.notices = notices
  }
}

extension Tokenizer {
  /// The tokens that a text begins and ends with.
  public var bounds: TextBounds { specialTokens.bounds }

  /// The id that ends a text and separates documents, where there is one.
  public var endOfText: TokenID? { bounds.ends.first }
}

/// A tokenizer that can be told how texts begin and end.
protocol BoundedTokenizer: Tokenizer {
  var specialTokens: SpecialTokens { get set }
}

extension Tokenizer {
  /// The same tokenizer with texts that begin and end so. (One that is not Quill's own stays as it is.)
  package func with(_ bounds: TextBounds) -> any Tokenizer {
    guard var copy = self as? any BoundedTokenizer else { return self }
    copy.specialTokens.bounds = bounds
    return copy
  }
}

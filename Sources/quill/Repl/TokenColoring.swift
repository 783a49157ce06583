import CommandLineKit
import Formatting
import Tokenization

/// Tokens coloured by a number that each has, or listed with it where there are no colours.
struct TokenColoring: Sendable {
  /// Bounds between classes, ascending, and the classes' colours (of the 256) behind black letters.
  let bounds: [Double]
  let colors: [Int]
  /// What a class means, in the order of the colours.
  let labels: [String]
  /// How a token's number is written.
  let number: @Sendable (Double) -> String

  private static let good = 114

  /// By probability: red is unlikely.
  static let probability = TokenColoring(
    bounds: [0.01, 0.05, 0.2, 0.5], colors: [210, 216, 222, 192, good],
    labels: ["below 1 %", "1–5 %", "5–20 %", "20–50 %", "50 % and more"]
  ) { $0 >= 0.0001 || $0 == 0 ? Quantity.decimals($0, 4) : Quantity.significant($0) }

  /// By bits: red is much.
  static let bits = TokenColoring(
    bounds: [0.5, 1.5, 3, 5], colors: [good, 192, 222, 216, 210],
    labels: ["below 0.5 bits", "0.5–1.5", "1.5–3", "3–5", "5 and more"]
  ) { Quantity.decimals($0, 3) }

  /// A token, or several that share a character.
  private struct Piece {
    /// The number of the first, from 1.
    let number: Int
    let text: String
    let endsLine: Bool
    var value: Double?
  }

  /// Tokens with their numbers; nil where a token has none.
  func text(_ tokens: [(id: TokenID, value: Double?)], _ tokenizer: any Tokenizer, on screen: ReplScreen)
    -> String
  {
    screen.hasColor ? colored(tokens, tokenizer, screen.width) : listed(tokens, tokenizer)
  }

  private func listed(_ tokens: [(id: TokenID, value: Double?)], _ tokenizer: any Tokenizer) -> String {
    Table(
      tokens.enumerated().map { index, token in
        ["\(index + 1)", token.value.map(number) ?? "–", shownToken(token.id, tokenizer)]
      }, alignments: [.right, .right, .left]
    ).rendered()
  }

  /// Rows with the number of their first token before them.
  private func colored(
    _ tokens: [(id: TokenID, value: Double?)], _ tokenizer: any Tokenizer, _ width: Int
  ) -> String {
    let margin = "\(tokens.count)".count
    let room = max(10, width - margin - 3)
    var result = ""
    var columns = room
    var isAtStart = true
    for piece in Self.pieces(tokens, tokenizer) {
      let own = DisplayWidth.columns(of: piece.text)
      if isAtStart || columns + own > room {
        let label = "\(piece.number)"
        let padding = String(repeating: " ", count: margin - label.count)
        result += (result.isEmpty ? "" : "\n") + Terminal.styled("\(padding)\(label) │ ", .dim, enabled: true)
        columns = 0
      }
      result += paint(piece.text, piece.value)
      columns += own
      isAtStart = piece.endsLine
    }
    let legend = zip(labels, colors).map { Self.painted(" \($0) ", $1) }.joined(separator: " ")
    return result + "\n" + legend + "\n"
  }

  private func paint(_ text: String, _ value: Double?) -> String {
    guard let value else { return text }
    return Self.painted(text, colors[bounds.count { value >= $0 }])
  }

  private static func painted(_ text: String, _ color: Int) -> String {
    "\u{1B}[30;48;5;\(color)m\(text)\u{1B}[0m"
  }

  /// Tokens that only together are characters stand together, with the number of the worst.
  private static func pieces(
    _ tokens: [(id: TokenID, value: Double?)], _ tokenizer: any Tokenizer
  ) -> [Piece] {
    var pieces: [Piece] = []
    var held: [UInt8] = []
    var first = 0
    for (index, token) in tokens.enumerated() {
      if held.isEmpty { first = index }
      held += tokenizer.specialText(of: token.id).map { Array($0.utf8) } ?? tokenizer.bytes(of: token.id)
      guard incompleteSuffixLength(of: held) == 0 || index + 1 == tokens.count else { continue }
      let text = String(decoding: held, as: UTF8.self)
      pieces.append(
        Piece(
          number: first + 1, text: Escaped.line(text), endsLine: text.unicodeScalars.contains("\n"),
          value: tokens[first...index].compactMap(\.value).min()))
      held = []
    }
    return pieces
  }
}

/// A token as answers name it: between quotation marks, with its control characters shown.
func shownToken(_ id: TokenID, _ tokenizer: any Tokenizer) -> String {
  "'\(Escaped.line(tokenizer.shownText(of: id)))'"
}

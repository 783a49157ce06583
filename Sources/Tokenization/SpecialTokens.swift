/// The tokens that stand for no bytes: they separate documents and mark roles, and no text encodes to them.
///
/// Their ids follow one another, after all ordinary ids, in files that Quill writes; files of other tools may
/// place them anywhere.
public struct SpecialTokens: Sendable, Equatable {
  /// The name of the token that separates documents in what Quill trains.
  public static let endOfTextName = "<|endoftext|>"

  /// The texts with their ids, in ascending order of id.
  public let entries: [(text: String, id: TokenID)]

  /// The tokens that a text begins and ends with: `<|endoftext|>` where there is one, unless a model's folder names others.
  public internal(set) var bounds: TextBounds

  /// - Precondition: no text and no id occurs twice.
  init(_ entries: [(text: String, id: TokenID)]) {
    precondition(Set(entries.map(\.text)).count == entries.count, "special tokens repeat a text")
    precondition(Set(entries.map(\.id)).count == entries.count, "special tokens repeat an id")
    self.entries = entries.sorted { $0.id < $1.id }
    bounds = TextBounds(ends: entries.filter { $0.text == Self.endOfTextName }.map(\.id))
  }

  /// Gives the texts the ids `firstID`, `firstID + 1`, ….
  init(_ texts: [String], firstID: Int) {
    self.init(texts.enumerated().map { (text: $1, id: TokenID(firstID + $0)) })
  }

  /// How many there are.
  public var count: Int { entries.count }

  /// The id of a special token's text, or nil for ordinary text.
  public func id(of text: String) -> TokenID? { entries.first { $0.text == text }?.id }

  /// The text of an id, or nil for an ordinary id.
  public func text(of id: TokenID) -> String? { entries.first { $0.id == id }?.text }

  /// Whether the same texts have the same ids, whatever texts begin and end with.
  public static func == (a: SpecialTokens, b: SpecialTokens) -> Bool {
    a.entries.elementsEqual(b.entries) { $0.text == $1.text && $0.id == $1.id }
  }
}

/// A question about the state of a story at its end, that stands after it with its answer.
package struct TaleQuestion: Sendable, Equatable {
  /// What the answer is about.
  package enum Kind: String, Sendable, CaseIterable {
    case whereIsPerson, whereIsThing, whoHasThing, howMany
  }

  package let kind: Kind
  /// The line asked, such as "Where is Mina now?".
  package let question: String
  /// The line that answers it, such as "At the pond."
  package let answer: String
  /// How many changes of state decide the answer: 0 for a thing that stays as first told.
  package let difficulty: Int
  /// Answers of the same kind that the story makes thinkable, the right one among them, in a fixed order.
  package let candidates: [String]
}

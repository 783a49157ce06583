/// The kinds of word that a slot of a phrase can hold; the letter of the slot says which.
enum WordClass: Int, CaseIterable {
  /// Children `A B C D`.
  case child
  /// A grown-up, `E`.
  case elder
  /// An animal, `P`.
  case pet
  /// What a thing is, `t u v`; its adjective is kept beside it.
  case thing
  /// Places, `q w x y z`.
  case place
  /// Hiding places, `r s`: the same list of words as the places, from which other ones are drawn.
  case spot
  /// Countable goods, `g h`.
  case goods
  /// Numbers from 0 to 20, `k l m n`.
  case number

  init?(letter: UInt8) {
    switch letter {
    case UInt8(ascii: "A")...UInt8(ascii: "D"): self = .child
    case UInt8(ascii: "E"): self = .elder
    case UInt8(ascii: "P"): self = .pet
    case UInt8(ascii: "t")...UInt8(ascii: "v"): self = .thing
    case UInt8(ascii: "q"), UInt8(ascii: "w")...UInt8(ascii: "z"): self = .place
    case UInt8(ascii: "r"), UInt8(ascii: "s"): self = .spot
    case UInt8(ascii: "g"), UInt8(ascii: "h"): self = .goods
    case UInt8(ascii: "k")...UInt8(ascii: "n"): self = .number
    default: return nil
    }
  }

  /// The names of the forms that a word of this class has; the first is the one a bare slot writes.
  var forms: [String] {
    switch self {
    case .child, .elder: ["", "he", "him", "his", "He", "His", "girl"]
    case .pet: ["", "he", "him", "his", "He", "His", "kind"]
    case .thing: ["", "a", "T", "noun"]
    case .place, .spot: ["", "at", "to", "At", "X"]
    case .goods: ["", "one", "a", "G"]
    case .number: ["", "N", "was", "is", "them"]
    }
  }
}

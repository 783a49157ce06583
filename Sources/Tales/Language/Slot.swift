/// The name of one of a story's slots: `"A"` is the main child, `"t"` the first thing (see `WordClass`).
struct Slot: Hashable, Sendable, ExpressibleByUnicodeScalarLiteral {
  let letter: UInt8

  init(letter: UInt8) { self.letter = letter }
  init(unicodeScalarLiteral scalar: Unicode.Scalar) { letter = UInt8(scalar.value) }

  var kind: WordClass {
    guard let kind = WordClass(letter: letter) else {
      preconditionFailure("there is no slot \(UnicodeScalar(letter))")
    }
    return kind
  }

  /// Whether pronouns can stand for what is in it.
  var isSomebody: Bool { letter <= UInt8(ascii: "P") }

  /// Whoever can hold things: `A B C D E P`, and `O` for what lies in the open, on the plate or in the pile.
  var holder: Int {
    switch letter {
    case UInt8(ascii: "A")...UInt8(ascii: "E"): Int(letter - UInt8(ascii: "A"))
    case UInt8(ascii: "P"): 5
    case UInt8(ascii: "O"): 6
    default: preconditionFailure("slot \(UnicodeScalar(letter)) is not a holder")
    }
  }

  static let holders: [Slot] = ["A", "B", "C", "D", "E", "P", "O"]
  static let things: [Slot] = ["t", "u", "v"]
  static let goods: [Slot] = ["g", "h"]

  var thing: Int { Int(letter - UInt8(ascii: "t")) }
  var goods: Int { Int(letter - UInt8(ascii: "g")) }
}

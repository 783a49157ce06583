/// A piece of story text with choices and slots, written as it reads:
///
///     let greeting: Phrase = """
///       "[Hello|Good morning], {B}!" [said|called] {A}. {A He} was carrying {?n 2-5 g}[.| in a basket.]
///       """
///
/// | written | means |
/// |---|---|
/// | `[one\|3*two\|three]` | one of the alternatives, with weights 1, 3, 1 |
/// | `{A}`, `{A his}`, `{x at}` | the word in slot `A` or `x`, in one of its class's forms |
/// | `{?A}`, `{?t a}`, `{?x to}` | draw a word not used yet in this story into the slot, and write it |
/// | `{?n 2-5}` | draw a number from 2 to 5 into slot `n`, and write it |
/// | `{n g}` | the number in `n` with the goods in `g`: "three apples", "one apple" |
/// | `{A:}` | begin a sentence about `A`: by name, or by pronoun if the last sentence began with `A` |
/// | `¶` | a line break |
/// | `~` | a space, where an editor would drop one |
///
/// A line break of the Swift literal, with its indentation, is one space, and nothing beside `[`, `|` and `]`.
///
/// Every alternative must write something before the next choice is made, and no alternative's beginning may be the
/// beginning of another's: that is what makes choices recoverable from text (see `Narrator`).
final class Phrase: Sendable, ExpressibleByStringLiteral {
  enum Operation: Sendable {
    case text(start: Int32, end: Int32)
    case slot(Slot, form: UInt8)
    case counted(number: Slot, goods: Slot)
    case draw(Slot, form: UInt8)
    case drawNumber(Slot, low: UInt8, high: UInt8, goods: Slot?)
    case subject(Slot)
    case group(Int32)
  }

  struct Alternative: Sendable {
    let weight: Int
    let operations: Range<Int>
  }

  struct Group: Sendable {
    let alternatives: [Alternative]
    let totalWeight: Int
    let isUniform: Bool
  }

  let bytes: [UInt8]
  let operations: [Operation]
  let groups: [Group]
  /// The operations of the whole phrase; those of alternatives lie before it in `operations`.
  let main: Range<Int>

  init(stringLiteral source: String) {
    var parser = PhraseParser(source)
    main = parser.parseWhole()
    (bytes, operations, groups) = (parser.bytes, parser.operations, parser.groups)
  }

  /// The only group of a phrase that is nothing but one choice.
  var menu: Group {
    guard main.count == 1, case .group(let index) = operations[main.lowerBound] else {
      preconditionFailure("expected a phrase of the form [...|...], found \(main.count) operations")
    }
    return groups[Int(index)]
  }
}

import Foundation
import Randomness

/// Tells one story: makes its choices, writes its text, keeps its state and counts its information.
///
/// Every choice goes through `decide`. Telling draws the option from a random stream; reading finds the one option
/// whose beginning stands next in a given text; a script prescribes options by number. The plots cannot tell which is
/// happening, so the reader decodes exactly what the teller encodes.
///
/// **Choices and texts are one to one.** At each choice, the bytes an option writes before the next choice (its
/// *leads*; through that choice where nothing stands before it) are not the beginning of another option's. Suppose two different sequences of choices gave the same text.
/// Up to the first choice where they differ they are in the same state at the same place of the text, and there the text
/// continues with leads of two options, so one is a beginning of the other: a contradiction. Reading a text with
/// `checksAllPairs` verifies the premise at every choice met.
struct Narrator: Sendable {
  enum Mode: Sendable { case telling, reading, scripted }

  /// One choice made: option `index` of `count`, with probability `weight / total`, when `position` bytes were told.
  struct Decision: Equatable, Sendable {
    let index: Int
    let count: Int
    let weight: Int
    let total: Int
    let position: Int
    /// The possible option after this one, for going through all of them.
    let next: Int?
  }

  /// The story so far.
  var text: [UInt8] = []
  /// The information in the choices so far, in bits.
  private(set) var information = 0.0
  var ledger = Ledger()
  var cast = Cast()
  /// What draws may choose from.
  var bag = Bag()
  /// Whom a sentence last began with, if a pronoun can mean only them, and where that sentence begins.
  var lastSubject: Slot?
  var lastSubjectSentence = 0
  /// The question asked at the end, if any.
  var question: TaleQuestion?
  /// Whether to keep the question asked; its strings are not needed for the text alone.
  var keepsQuestion = false

  private var mode = Mode.telling
  private var random = PhiloxStream(seed: 0, domain: 0, index: 0)
  /// What is read: the story starts at `target.startIndex`.
  private var target: ArraySlice<UInt8> = []
  private var script: [Int] = []
  /// The decisions made, where `recordsDecisions`.
  private(set) var decisions: [Decision] = []
  var recordsDecisions = false
  /// Whether reading compares every pair of options, not only each with the text.
  var checksAllPairs = false
  /// What kept the reader from going on; everything after it is meaningless.
  private(set) var failure: String?

  private static let log2 = (0...4096).map { Foundation.log2(Double(max($0, 1))) }

  // Beginning a story.

  mutating func begin(telling random: PhiloxStream) {
    reset(.telling)
    self.random = random
  }

  mutating func begin(reading target: ArraySlice<UInt8>) {
    reset(.reading)
    self.target = target
  }

  /// Options beyond the script's end are the first possible ones.
  mutating func begin(following script: [Int]) {
    reset(.scripted)
    self.script = script
    recordsDecisions = true
  }

  private mutating func reset(_ mode: Mode) {
    self.mode = mode
    text.removeAll(keepingCapacity: true)
    information = 0
    ledger.reset()
    cast.reset()
    bag.reset()
    lastSubject = nil
    question = nil
    failure = nil
    decisions.removeAll(keepingCapacity: true)
  }

  /// Whether the text read is exactly the story told.
  var hasReadWell: Bool { failure == nil && target.prefix(text.count).elementsEqual(text) }

  // Choosing.

  /// Makes one choice among `count` options and returns its number.
  ///
  /// - Parameters:
  ///   - total: the sum of the weights.
  ///   - weight: of each option, a whole number; 0 bars it. Nil where all are 1.
  ///   - leads: everything the option can write before the next choice after this one.
  mutating func decide(
    count: Int, total: Int, weight: ((Int) -> Int)? = nil, leads: (borrowing Narrator, Int) -> [[UInt8]]
  ) -> Int {
    precondition(total > 0, "no option is possible after \(String(decoding: text.suffix(80), as: UTF8.self))")
    let index: Int
    switch mode {
    case .telling: index = drawOption(total, weight)
    case .scripted:
      let first = (0..<count).first { (weight?($0) ?? 1) > 0 }!
      index = decisions.count < script.count ? script[decisions.count] : first
    case .reading:
      index = recognise(options: (0..<count).filter { (weight?($0) ?? 1) > 0 }, leads: leads)
    }
    let chosenWeight = weight?(index) ?? 1
    information += Self.log2[total] - Self.log2[chosenWeight]
    if recordsDecisions {
      decisions.append(
        .init(
          index: index, count: count, weight: chosenWeight, total: total, position: text.count,
          next: (index + 1..<count).first { (weight?($0) ?? 1) > 0 }))
    }
    return index
  }

  /// An option drawn with probability weight / total, exactly.
  private mutating func drawOption(_ total: Int, _ weight: ((Int) -> Int)?) -> Int {
    var ticket = Int(random.below(UInt32(total)))
    guard let weight else { return ticket }
    var index = 0
    while true {
      ticket -= weight(index)
      if ticket < 0 { return index }
      index += 1
    }
  }

  /// The one option that the text continues with.
  private mutating func recognise(options: [Int], leads: (borrowing Narrator, Int) -> [[UInt8]]) -> Int {
    guard failure == nil else { return options[0] }
    let rest = target.dropFirst(text.count)
    let matching = options.filter { option in leads(self, option).contains { rest.starts(with: $0) } }
    if checksAllPairs { failure = clash(options.map { leads(self, $0) }) }
    if matching.count != 1, failure == nil {
      let found = String(decoding: rest.prefix(40), as: UTF8.self)
      failure = "\(matching.count) of \(options.count) options continue with \"\(found)\" at byte \(text.count)"
    }
    return matching.first ?? options[0]
  }

  /// Two options of which one can begin as the other does, if there are any.
  private func clash(_ leads: [[[UInt8]]]) -> String? {
    for (i, mine) in leads.enumerated() {
      for others in leads.enumerated().filter({ $0.offset != i }).map(\.element) {
        for a in mine {
          for b in others where b.starts(with: a) {
            let (a, b) = (String(decoding: a, as: UTF8.self), String(decoding: b, as: UTF8.self))
            return "one option starts with \"\(a)\", another with \"\(b)\", after \(text.count) bytes"
          }
        }
      }
    }
    return nil
  }
}

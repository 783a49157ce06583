/// Which word each slot of a story holds, and how to write it.
struct Cast: Sendable {
  private var words = [Int](repeating: -1, count: 128)
  private var adjectives = [Int](repeating: 0, count: 3)
  let lexicon = Lexicon.shared

  mutating func reset() {
    for i in words.indices { words[i] = -1 }
  }

  subscript(slot: Slot) -> Int {
    get { words[Int(slot.letter)] }
    set { words[Int(slot.letter)] = newValue }
  }

  mutating func setAdjective(_ adjective: Int, of thing: Slot) { adjectives[thing.thing] = adjective }

  /// Appends the word in `slot`, in one of its class's forms; a thing with its adjective.
  func write(_ slot: Slot, _ form: Int = 0, to output: inout [UInt8]) {
    let kind = slot.kind
    let word = words[Int(slot.letter)]
    precondition(word >= 0, "slot \(UnicodeScalar(slot.letter)) is empty")
    if kind == .thing, form != Lexicon.nounForm {
      output += lexicon.adjective(adjectives[slot.thing], form)
    }
    output += lexicon.text(kind, word, form)
  }

  /// Appends "three apples".
  func writeCount(_ number: Slot, _ goods: Slot, to output: inout [UInt8]) {
    output += lexicon.text(.number, self[number], 0)
    output.append(UInt8(ascii: " "))
    output += lexicon.text(.goods, self[goods], self[number] == 1 ? 1 : 0)
  }

  func bytes(_ slot: Slot, _ form: Int = 0) -> [UInt8] {
    var bytes: [UInt8] = []
    write(slot, form, to: &bytes)
    return bytes
  }

  func spelling(_ slot: Slot, _ form: Int = 0) -> String { String(decoding: bytes(slot, form), as: UTF8.self) }

  /// Whether "she" could mean either.
  func sharePronoun(_ one: Slot, _ other: Slot) -> Bool {
    lexicon.text(one.kind, self[one], 1) == lexicon.text(other.kind, self[other], 1)
  }
}

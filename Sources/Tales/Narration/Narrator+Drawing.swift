/// Drawing words and numbers.
extension Narrator {
  /// Draws a word not used yet into `slot` and writes it; a thing gets an adjective first.
  mutating func draw(_ slot: Slot, form: Int) {
    let kind = slot.kind
    if kind == .thing, form != Lexicon.nounForm {
      let adjective = decideBit(bag.adjectives) { narrator, word in narrator.cast.lexicon.adjective(word, form)
      }
      cast.setAdjective(adjective, of: slot)
      bag.removeAdjective(adjective)
      text += cast.lexicon.adjective(adjective, form)
    }
    let word = decideBit(bag[kind]) { narrator, word in narrator.cast.lexicon.text(kind, word, form) }
    bag.remove(kind, word)
    cast[slot] = word
    noteMention(slot, form)
    text += cast.lexicon.text(kind, word, form)
  }

  borrowing func drawLeads(_ slot: Slot, form: Int) -> [[UInt8]] {
    let kind = slot.kind
    let isThing = kind == .thing && form != Lexicon.nounForm
    let mask = isThing ? bag.adjectives : bag[kind]
    return (0..<64).filter { mask >> UInt64($0) & 1 == 1 }.map {
      isThing ? cast.lexicon.adjective($0, form) : cast.lexicon.text(kind, $0, form)
    }
  }

  /// Chooses among the words in `mask`, used before or not, writes the word and puts it into `slot`.
  mutating func pick(_ slot: Slot, from mask: UInt64, form: Int) {
    let kind = slot.kind
    let word = decideBit(mask) { narrator, word in narrator.cast.lexicon.text(kind, word, form) }
    cast[slot] = word
    text += cast.lexicon.text(kind, word, form)
  }

  /// Chooses one of the story's slots and writes its word, as in "gave the red kite to ...".
  mutating func pick(among slots: [Slot], form: Int = 0) -> Slot {
    let index = decide(
      count: slots.count, total: slots.count, leads: { narrator, i in [narrator.cast.bytes(slots[i], form)] })
    noteMention(slots[index], form)
    cast.write(slots[index], form, to: &text)
    return slots[index]
  }

  /// Draws a number into `slot` and writes it, with the goods it counts.
  mutating func drawNumber(_ slot: Slot, _ range: ClosedRange<Int>, goods: Slot?) {
    let index = decide(
      count: range.count, total: range.count,
      leads: { narrator, i in [narrator.numberLead(range.lowerBound + i, goods: goods)] })
    cast[slot] = range.lowerBound + index
    if let goods {
      cast.writeCount(slot, goods, to: &text)
    } else {
      cast.write(slot, to: &text)
    }
  }

  borrowing func numberLead(_ value: Int, goods: Slot?) -> [UInt8] {
    cast.lexicon.text(.number, value, 0) + (goods == nil ? [] : [UInt8(ascii: " ")])
  }

  /// Chooses uniformly among the words whose bits are set in `mask`, and returns the word.
  private mutating func decideBit(_ mask: UInt64, lead: (borrowing Narrator, Int) -> [UInt8]) -> Int {
    func word(_ index: Int) -> Int {
      var rest = mask
      for _ in 0..<index { rest &= rest - 1 }
      return rest.trailingZeroBitCount
    }
    let count = mask.nonzeroBitCount
    return word(decide(count: count, total: count, leads: { narrator, i in [lead(narrator, word(i))] }))
  }

  /// The set of the places in `slots`.
  func places(_ slots: [Slot]) -> UInt64 { slots.reduce(0) { $0 | 1 << UInt64(cast[$1]) } }
}

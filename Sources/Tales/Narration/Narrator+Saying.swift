/// Saying phrases.
extension Narrator {
  mutating func say(_ phrase: Phrase) { run(phrase, phrase.main) }

  /// Writes fixed text.
  mutating func write(_ fixed: StaticString) { fixed.withUTF8Buffer { text += $0 } }

  /// Says one of the alternatives of a phrase that is a single `[...|...]`, and returns which.
  ///
  /// - Parameter mask: bit *i* allows alternative *i*.
  @discardableResult
  mutating func choose(_ phrase: Phrase, allowing mask: UInt64 = .max) -> Int {
    choose(phrase, phrase.menu, mask)
  }

  private mutating func choose(_ phrase: Phrase, _ group: Phrase.Group, _ mask: UInt64) -> Int {
    let index: Int
    if mask == .max, group.isUniform {
      index = decide(
        count: group.alternatives.count, total: group.alternatives.count,
        leads: { narrator, i in narrator.leads(phrase, group.alternatives[i].operations) })
    } else {
      func weight(_ i: Int) -> Int { mask >> UInt64(i) & 1 == 1 ? group.alternatives[i].weight : 0 }
      var total = 0
      for i in group.alternatives.indices { total += weight(i) }
      index = decide(
        count: group.alternatives.count, total: total, weight: weight,
        leads: { narrator, i in narrator.leads(phrase, group.alternatives[i].operations) })
    }
    run(phrase, group.alternatives[index].operations)
    return index
  }

  private mutating func run(_ phrase: Phrase, _ range: Range<Int>) {
    for position in range {
      switch phrase.operations[position] {
      case .text(let start, let end): text += phrase.bytes[Int(start)..<Int(end)]
      case .slot(let slot, let form):
        noteMention(slot, Int(form))
        cast.write(slot, Int(form), to: &text)
      case .counted(let number, let goods): cast.writeCount(number, goods, to: &text)
      case .draw(let slot, let form): draw(slot, form: Int(form))
      case .drawNumber(let slot, let low, let high, let goods):
        drawNumber(slot, Int(low)...Int(high), goods: goods)
      case .subject(let slot): sayActor([slot])
      case .group(let index): _ = choose(phrase, phrase.groups[Int(index)], .max)
      }
    }
  }

  /// What the operations can write up to their first choice, or through it if nothing stands before it.
  private borrowing func leads(_ phrase: Phrase, _ range: Range<Int>) -> [[UInt8]] {
    var lead: [UInt8] = []
    for position in range {
      switch phrase.operations[position] {
      case .text(let start, let end): lead += phrase.bytes[Int(start)..<Int(end)]
      case .slot(let slot, let form): cast.write(slot, Int(form), to: &lead)
      case .counted(let number, let goods): cast.writeCount(number, goods, to: &lead)
      case .draw(let slot, let form): return lead.isEmpty ? drawLeads(slot, form: Int(form)) : [lead]
      case .drawNumber(_, let low, let high, let goods):
        return lead.isEmpty ? (Int(low)...Int(high)).map { numberLead($0, goods: goods) } : [lead]
      case .subject(let slot): return lead.isEmpty ? actorLeads([slot]) : [lead]
      case .group(let index):
        guard lead.isEmpty else { return [lead] }
        return phrase.groups[Int(index)].alternatives.flatMap { leads(phrase, $0.operations) }
      }
    }
    return [lead]
  }
}

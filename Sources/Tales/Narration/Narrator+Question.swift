/// The end of a story: nothing more, or a question and its answer.
///
/// The answer follows from the state, so it carries no information: a reader who tracked the state knows it.
extension Narrator {
  /// One question that could be asked, with the weight it is drawn with.
  private struct Candidate {
    let kind: TaleQuestion.Kind
    let subject: Slot
    let goods: Slot
    let changes: Int

    /// Questions that need more tracking come up more often.
    var weight: Int { 1 + 2 * min(changes, 6) }
  }

  private static let endings: Phrase = "[2*¶¶|3*¶Question: ]"

  /// Ends the story.
  mutating func end() {
    var candidates: [Candidate] = []
    for person in Slot.holders.dropLast() where cast[person] >= 0 {
      if ledger.place(of: person) != nil {
        candidates.append(
          .init(kind: .whereIsPerson, subject: person, goods: "g", changes: ledger.changes(of: person)))
      }
    }
    for thing in Slot.things where cast[thing] >= 0 {
      let changes = ledger.changes(ofThing: thing)
      if ledger.place(ofThing: thing) != nil {
        candidates.append(.init(kind: .whereIsThing, subject: thing, goods: "g", changes: changes))
      }
      if ledger.holder(of: thing) != nil {
        candidates.append(.init(kind: .whoHasThing, subject: thing, goods: "g", changes: changes))
      }
    }
    for goods in Slot.goods {
      for holder in Slot.holders where ledger.count(holder, goods) != nil {
        let changes = ledger.changes(ofCount: holder, goods)
        candidates.append(.init(kind: .howMany, subject: holder, goods: goods, changes: changes))
      }
    }
    guard choose(Self.endings, allowing: candidates.isEmpty ? 1 : 3) == 1 else { return }
    let options = candidates
    let index = decide(
      count: options.count, total: options.reduce(0) { $0 + $1.weight }, weight: { options[$0].weight },
      leads: { narrator, i in [Array(narrator.question(options[i]).utf8)] })
    ask(options[index])
  }

  private func question(_ candidate: Candidate) -> String {
    switch candidate.kind {
    case .whereIsPerson: "Where is \(cast.spelling(candidate.subject)) now?"
    case .whereIsThing: "Where is the \(cast.spelling(candidate.subject)) now?"
    case .whoHasThing: "Who has the \(cast.spelling(candidate.subject)) now?"
    case .howMany where candidate.subject == "O": "How many \(cast.spelling(candidate.goods)) are left now?"
    case .howMany:
      "How many \(cast.spelling(candidate.goods)) does \(cast.spelling(candidate.subject)) have now?"
    }
  }

  private func answer(_ candidate: Candidate) -> String {
    switch candidate.kind {
    case .whereIsPerson: spelling(.place, ledger.place(of: candidate.subject)!, 3) + "."
    case .whereIsThing: spelling(.place, ledger.place(ofThing: candidate.subject)!, 3) + "."
    case .whoHasThing: cast.spelling(ledger.holder(of: candidate.subject)!) + "."
    case .howMany: numeral(ledger.count(candidate.subject, candidate.goods)!)
    }
  }

  private func spelling(_ kind: WordClass, _ word: Int, _ form: Int) -> String {
    String(decoding: cast.lexicon.text(kind, word, form), as: UTF8.self)
  }

  private func numeral(_ count: Int) -> String { count == 0 ? "None." : spelling(.number, count, 1) + "." }

  private mutating func ask(_ candidate: Candidate) {
    let (question, answer) = (question(candidate), answer(candidate))
    text += Array("\(question)\nAnswer: \(answer)\n\n".utf8)
    guard keepsQuestion else { return }
    self.question = TaleQuestion(
      kind: candidate.kind, question: question, answer: answer, difficulty: candidate.changes,
      candidates: answers(like: candidate.kind))
  }

  private func answers(like kind: TaleQuestion.Kind) -> [String] {
    switch kind {
    case .whereIsPerson, .whereIsThing:
      (0..<64).filter { ledger.placesSeen >> UInt64($0) & 1 == 1 }.map { spelling(.place, $0, 3) + "." }
    case .whoHasThing:
      Slot.holders.dropLast().filter { cast[$0] >= 0 }.map { cast.spelling($0) + "." }
    case .howMany: (0...12).map(numeral)
    }
  }
}

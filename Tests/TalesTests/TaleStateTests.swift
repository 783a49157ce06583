import Testing

@testable import Tales

/// Questions have the answers that trackers of their own find: one follows the events recorded, others read the text.
@Suite(.timeLimit(.minutes(20))) struct TaleStateTests {
  @Test func answersAgreeWithAnotherTracker() {
    var questions = 0
    for index in 0..<1500 as Range<UInt64> {
      let story = TaleDecodingTests.told(index, seed: 31)
      guard let question = story.question else { continue }
      questions += 1
      var tracker = Tracker()
      for event in story.ledger.events { tracker.follow(event, "story \(index)") }
      let (answer, changes) = tracker.answer(question, in: story)
      #expect(answer == question.answer, "story \(index): \(question.question)")
      #expect(changes == question.difficulty, "story \(index): \(question.question)")
      #expect(question.candidates.contains(question.answer), "story \(index)")
      #expect(Set(question.candidates).count == question.candidates.count, "story \(index)")
    }
    #expect(questions > 700)
  }

  /// Things in the cup game, tracked by the words of its sentences alone.
  @Test func cupGamesCanBeFollowedInTheText() throws {
    var followed = 0
    for index in 0..<1200 as Range<UInt64> {
      let story = TaleDecodingTests.told(index, seed: 32)
      guard let question = story.question, story.decisions[0].index == 12 else { continue }
      let text = String(decoding: story.text, as: UTF8.self)
      var cups: [Substring: Substring] = [:]
      for match in text.matches(of: /(?:(?:hid|put|placed)|and) an? ([a-z]+ [a-z]+) under the ([a-z]+ cup)/) {
        cups[match.1] = match.2
      }
      for match in text.matches(of: /(?:moved|slid|pushed|shifted) the ([a-z]+ [a-z]+) under the ([a-z]+ cup)/)
      {
        cups[match.1] = match.2
      }
      let thing = try #require(question.question.firstMatch(of: /the (.*) now/)).1
      let cup = try #require(cups[thing], "story \(index)")
      #expect(question.answer == "Under the \(cup).", "story \(index)")
      followed += 1
    }
    #expect(followed > 20)
  }

  /// Trades, tracked by the words of their sentences alone.
  @Test func tradesCanBeFollowedInTheText() throws {
    var followed = 0
    for index in 0..<1200 as Range<UInt64> {
      let story = TaleDecodingTests.told(index, seed: 33)
      guard let question = story.question, story.decisions[0].index == 10, question.kind == .whoHasThing else {
        continue
      }
      let text = String(decoding: story.text, as: UTF8.self)
      var holders: [Substring: Substring] = [:]
      for match in text.matches(of: /([A-Z][a-z]+) had an? ([a-z ]+?)(?=,| and [A-Z]|\.)/) {
        holders[match.2] = match.1
      }
      for match in text.matches(
        of: /(?:traded|swapped|exchanged) the ([a-z ]+) for the ([a-z ]+) with ([A-Z][a-z]+)/)
      {
        let giver = try #require(holders[match.1], "story \(index)")
        #expect(holders[match.2] == match.3, "story \(index)")
        (holders[match.1], holders[match.2]) = (match.3, giver)
      }
      let thing = try #require(question.question.firstMatch(of: /the (.*) now/)).1
      #expect(holders[thing].map { "\($0)." } == question.answer, "story \(index)")
      followed += 1
    }
    #expect(followed > 20)
  }

  @Test func questionsComeInManyDifficulties() {
    let difficulties = TaleExamples(seed: 5).prefix(600).map(\.difficulty)
    for difficulty in 0...5 {
      #expect(difficulties.count { $0 == difficulty } >= 10, "difficulty \(difficulty)")
    }
  }
}

/// Who is where, who holds what, how many: the rules of the world once more, in the plainest form.
private struct Tracker {
  var place: [Slot: Int] = [:]
  var holder: [Slot: Slot] = [:]
  var counts: [[Slot]: Int] = [:]
  var changes: [[Slot]: Int] = [:]

  mutating func follow(_ event: TaleEvent, _ note: Comment) {
    switch event {
    case .stands(let somebody, let where_):
      place[somebody] = where_
      changes[[somebody]] = 0
    case .moves(let somebody, let where_):
      #expect(place[somebody] != where_, "\(note): somebody goes where they are")
      place[somebody] = where_
      changes[[somebody], default: 0] += 1
      for (thing, owner) in holder where owner == somebody { changes[[thing], default: 0] += 1 }
    case .has(let somebody, let thing): holder[thing] = somebody
    case .lies(let thing, let where_): place[thing] = where_
    case .takes(let somebody, let thing):
      #expect(holder[thing] == nil, note)
      if let mine = place[somebody], let its = place[thing] { #expect(mine == its, note) }
      (holder[thing], place[thing]) = (somebody, nil)
      changes[[thing], default: 0] += 1
    case .puts(let somebody, let thing, let where_):
      #expect(holder[thing] == somebody, note)
      (holder[thing], place[thing]) = (nil, where_)
      changes[[thing], default: 0] += 1
    case .gives(let somebody, let thing, let other):
      #expect(holder[thing] == somebody && place[somebody] == place[other], note)
      holder[thing] = other
      changes[[thing], default: 0] += 1
    case .shifts(let thing, let where_):
      #expect(holder[thing] == nil && place[thing] != where_, note)
      place[thing] = where_
      changes[[thing], default: 0] += 1
    case .owns(let somebody, let goods, let count): counts[[somebody, goods]] = count
    case .gains(let somebody, let goods, let count): add(count, somebody, goods, note)
    case .loses(let somebody, let goods, let count): add(-count, somebody, goods, note)
    case .passes(let somebody, let goods, let other, let count):
      add(-count, somebody, goods, note)
      add(count, other, goods, note)
    }
  }

  private mutating func add(_ count: Int, _ somebody: Slot, _ goods: Slot, _ note: Comment) {
    counts[[somebody, goods], default: 0] += count
    changes[[somebody, goods], default: 0] += 1
    #expect((0...12).contains(counts[[somebody, goods]]!), note)
  }

  /// The answer to a question, found by the names in it, and the number of changes behind it.
  func answer(_ question: TaleQuestion, in story: Narrator) -> (String, Int) {
    func named(_ slots: [Slot]) -> Slot? {
      slots.first { slot in
        guard story.cast[slot] >= 0 else { return false }
        return question.question.contains(" \(story.cast.spelling(slot)) ")
      }
    }
    func sentence(_ kind: WordClass, _ word: Int, _ form: Int) -> String {
      String(decoding: Lexicon.shared.text(kind, word, form), as: UTF8.self) + "."
    }
    switch question.kind {
    case .whereIsPerson:
      let somebody = named(Slot.holders.dropLast())!
      return (sentence(.place, place[somebody]!, 3), changes[[somebody]] ?? 0)
    case .whereIsThing:
      let thing = named(Slot.things)!
      let where_ = holder[thing].map { place[$0]! } ?? place[thing]!
      return (sentence(.place, where_, 3), changes[[thing]] ?? 0)
    case .whoHasThing:
      let thing = named(Slot.things)!
      return (story.cast.spelling(holder[thing]!) + ".", changes[[thing]] ?? 0)
    case .howMany:
      let somebody = named(Slot.holders.dropLast()) ?? "O"
      let goods = named(Slot.goods)!
      let count = counts[[somebody, goods]]!
      return (count == 0 ? "None." : sentence(.number, count, 1), changes[[somebody, goods]] ?? 0)
    }
  }
}

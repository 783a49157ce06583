/// Three things without a place are put away, and not everybody agrees where.
enum TidyPlot {
  private static let setting: Phrase = """
    {?E} [opened the door|looked into the room|came in|stopped in the doorway] and [sighed|shook {E his}
    head|laughed|blinked]. "[What a mess|Who lives here|I cannot see the floor|I need a map]!" {E he} said.
    [On the floor|All over the room|Under everybody's feet] lay {?t a}, {?u a} and {?v a}.
    "[Please tidy up|Everything needs a place|Supper can wait]," said {E}, and {?A} and {?B}
    [began|set to work|rolled up their sleeves|jumped up].¶
    """
  private static let moves: Phrase = "~[put|laid|placed|stowed] the~"
  private static let movesAgain: Phrase = "~[moved|carried|shifted] the~"
  private static let tails: Phrase = """
    [8*.|, [neatly.|with care.|humming a tune.|and said, "[There|Done|That is better]!"]
    |~because [it looked nice there|there was room|it belonged there].]
    """
  private static let goesOn: Phrase = "[4*~|1*¶]"
  private static let closing: Phrase = """
    [Soon|At last|In the end] the room was [tidy|clean|as good as new]. {E} [clapped {E his} hands|nodded|brought them
    [cocoa|warm milk|a slice of cake]][.|~and said, "[Well done|I am proud of you|Much better]!"]~
    """

  static func tell(_ narrator: inout Narrator) {
    narrator.say(Common.indoorOpening)
    narrator.say(setting)
    for round in 1...7 {
      narrator.sayActor(["A", "B"])
      // Whatever still lies about is put away before anything moves a second time.
      let lying = Slot.things.filter { narrator.ledger.place(ofThing: $0) == nil }
      narrator.say(lying.isEmpty ? movesAgain : moves)
      let thing = narrator.pick(among: lying.isEmpty ? Slot.things : lying)
      narrator.write(" ")
      let here = narrator.ledger.place(ofThing: thing).map { UInt64(1) << UInt64($0) } ?? 0
      narrator.pick("q", from: Choices.roomSpots & ~here, form: lying.isEmpty ? 2 : 1)
      if lying.isEmpty {
        narrator.ledger.shifts(thing, to: narrator.cast["q"])
      } else {
        narrator.ledger.lies(thing, at: narrator.cast["q"])
      }
      narrator.say(tails)
      if round >= 3, narrator.choose(goesOn, allowing: round == 7 ? 0b10 : 0b11) == 1 { break }
      if round < 3 { narrator.write(" ") }
    }
    narrator.say(closing)
    narrator.say(Common.ending)
  }
}

/// Short sentences that move people and things about, drawn freely from what the state allows.
///
/// They are what makes a question hard: each changes the state, and the plots add none to some stories and several to
/// others.
struct Beats {
  let actors: [Slot]
  let things: [Slot]
  /// Where the actors may go, bit *i* for place *i*.
  var places: UInt64 = 0
  var most = 4

  private static let goesOn: Phrase = "[3*~|2*¶]"
  private static let verbs: Phrase = """
    [5*[went|walked|ran|hurried|skipped]~|4*[picked up|took|found] the~|2*[put|set|laid] the~
    |5*[gave|handed|passed] the~]
    """
  private static let moveTails: Phrase = """
    [8*.|, humming a [tune|song].|, as [fast|quietly] as could be.|~to [look around|rest|play|think].]
    """
  private static let takeTails: Phrase = "[6*.|~again.|~with both hands.|, just to be [safe|sure].]"
  private static let putTails: Phrase = "[4*~down|~on the ground|~aside][6*.|~for a while.|, very carefully.]"
  private static let giveTails: Phrase = """
    [8*.|~with a [smile|laugh|nod|bow].|, and they both [laughed|smiled].]
    """

  /// Tells from none to `most` beats, and ends the paragraph.
  func tell(_ narrator: inout Narrator) {
    for told in 0...most {
      if narrator.choose(Self.goesOn, allowing: told == most ? 0b10 : 0b11) == 1 { return }
      tellOne(&narrator)
    }
  }

  private func tellOne(_ narrator: inout Narrator) {
    let actor = narrator.sayActor(actors)
    let here = narrator.ledger.place(of: actor)
    let held = things.filter { narrator.ledger.holder(of: $0) == actor }
    let near = things.filter {
      narrator.ledger.holder(of: $0) == nil && narrator.ledger.place(ofThing: $0) == here
    }
    let others = actors.filter { $0 != actor && narrator.ledger.place(of: $0) == here }
    let elsewhere = places & ~(here.map { 1 << UInt64($0) } ?? 0)
    var mask: UInt64 = 0
    if elsewhere != 0 { mask |= 1 }
    if !near.isEmpty { mask |= 2 }
    if !held.isEmpty, here != nil { mask |= 4 }
    if !held.isEmpty, !others.isEmpty { mask |= 8 }
    narrator.write(" ")
    switch narrator.choose(Self.verbs, allowing: mask) {
    case 0:
      narrator.pick("q", from: elsewhere, form: 2)
      narrator.ledger.moves(actor, to: narrator.cast["q"])
      narrator.say(Self.moveTails)
    case 1:
      narrator.ledger.takes(actor, narrator.pick(among: near))
      narrator.say(Self.takeTails)
    case 2:
      narrator.ledger.puts(actor, narrator.pick(among: held), at: here!)
      narrator.say(Self.putTails)
    default:
      let thing = narrator.pick(among: held)
      narrator.write(" to ")
      narrator.ledger.gives(actor, thing, to: narrator.pick(among: others))
      narrator.say(Self.giveTails)
    }
  }
}

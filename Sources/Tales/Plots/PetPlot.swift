/// A pet runs off with a thing, from place to place, with the children after it.
enum PetPlot {
  private static let setting: Phrase = """
    {?A} had a {P kind} named {P}, who [loved to run|was always hungry|never listened|was full of ideas|was
    still very young|liked to be chased]. That day {A} was playing {?x at} with {A his} {t}, and {?B} was
    [watching|there too|sitting on a wall|eating a pear|picking flowers].
    """
  private static let grabs: Phrase = """
    [Suddenly|All at once|Before anyone could stop {P him}], {P} [grabbed|snatched|took] the {t noun} and [ran|raced|dashed]
    {?y to}. "[Stop|Come back|Drop it|No], {P}!" [called|cried|shouted] {A}.
    """
  private static let goesOn: Phrase = "[3*~|2*¶]"
  private static let runs: Phrase = "{P:} [ran|raced|trotted|sneaked|galloped]~"
  private static let runTails: Phrase =
    "[4*.|, [wagging {P his} tail|faster and faster|straight through the mud].]"
  /// 0: `A` is the first to arrive; 1: `B` is.
  private static let caught: Phrase = """
    [3*{A} caught up at last and~|2*{B} knew a short cut, got there first and~]
    """
  private static let takes: Phrase = """
    [took it|got it back|pulled it away]. {P} [sat down|made a great noise|hung {P his} head|wanted to play some more][4*.
    |~and [looked sorry|did it again with a stick].]
    """

  static func tell(_ narrator: inout Narrator) {
    narrator.bag.offer(.place, Choices.countryside)
    narrator.say(Common.opening)
    narrator.say(setting)
    narrator.endParagraph(perhaps: Scenery.outdoors)
    narrator.ledger.stands("A", at: narrator.cast["x"])
    narrator.ledger.stands("B", at: narrator.cast["x"])
    narrator.ledger.stands("P", at: narrator.cast["x"])
    narrator.ledger.has("A", "t")
    narrator.say(grabs)
    narrator.ledger.gives("A", "t", to: "P")
    narrator.ledger.moves("P", to: narrator.cast["y"])
    tellChase(&narrator)
    let first: Slot = narrator.choose(caught) == 0 ? "A" : "B"
    narrator.ledger.moves(first, to: narrator.ledger.place(of: "P")!)
    narrator.say(takes)
    narrator.ledger.gives("P", "t", to: first)
    Beats(actors: ["A", "B"], things: ["t"], places: narrator.places(["x", "y"]), most: 4).tell(&narrator)
    narrator.say(Common.ending)
  }

  /// Up to three more runs of the pet.
  private static func tellChase(_ narrator: inout Narrator) {
    for round in 0...3 {
      if narrator.choose(goesOn, allowing: round == 3 ? 0b10 : 0b11) == 1 { return }
      narrator.say(runs)
      narrator.draw("w", form: 2)
      narrator.ledger.moves("P", to: narrator.cast["w"])
      narrator.say(runTails)
    }
  }
}

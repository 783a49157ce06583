/// A present goes from hand to hand on its way to the one it is for, and a little further.
enum GiftPlot {
  private static let setting: Phrase = """
    {?A} [made|bought|found|wrapped up|had] {?t a} for {C},
    [because it was {C his} birthday|to say thank you|because {C} had been ill|just to be kind|because {C} was new in the
    village|to say sorry]. {C} was {?z at}[2*.|, and did not know.|, all alone.]
    """
  private static let meeting: Phrase = """
    {A:} [set out|went off|hurried off|left] with it, and {?x at} {A he} met {?B}.
    "[Who|And who] is that for?" asked {B}. "[It is for {C}|For {C}|{C} will get it]," [said|answered|whispered] {A}.
    """
  /// 0: `B` carries the thing; 1: `A` keeps it.
  private static let offer: Phrase = """
    ["[Let me help|I will carry it|You look tired|My hands are warm]," said {B}, [and|so] {A} [gave|handed] {B him} the
    {t noun}.|{A} [kept|held] the {t noun} [very tight|with both hands|under {A his} coat].]
    """
  private static let arrival: Phrase = """
    ¶Together they [walked|ran|hurried|went on|raced] {z to}. [There was|They saw|They found]
    {C}[4*.|, [looking sad|humming|half asleep|feeding the birds|drawing in the sand|watching the sky].]~
    """
  private static let giving: Phrase = """
    "[This is for you|Here you are|Surprise|We have something for you]!" [they said|cried {A}|called {B}],
    and {C} [got|was given|took] the {t}.
    {C:} [laughed|blushed|clapped {C his} hands|could not believe it|jumped up and down][.|~and said,
    "[Thank you|It is perfect|How lovely]!"]
    """

  static func tell(_ narrator: inout Narrator) {
    narrator.bag.offer(.place, Choices.countryside)
    narrator.say(Common.opening)
    narrator.say(setting)
    narrator.endParagraph(perhaps: Scenery.outdoors)
    narrator.ledger.stands("C", at: narrator.cast["z"])
    narrator.ledger.stands("A", at: Choices.home)
    narrator.ledger.has("A", "t")
    narrator.say(meeting)
    narrator.ledger.moves("A", to: narrator.cast["x"])
    narrator.ledger.stands("B", at: narrator.cast["x"])
    narrator.write(" ")
    let carrier: Slot = narrator.choose(offer) == 0 ? "B" : "A"
    if carrier == "B" { narrator.ledger.gives("A", "t", to: "B") }
    narrator.say(arrival)
    narrator.ledger.moves("A", to: narrator.cast["z"])
    narrator.ledger.moves("B", to: narrator.cast["z"])
    narrator.say(giving)
    narrator.ledger.gives(carrier, "t", to: "C")
    Beats(actors: ["A", "B", "C"], things: ["t"], places: narrator.places(["x", "z"]), most: 5).tell(&narrator)
    narrator.say(Common.ending)
  }
}

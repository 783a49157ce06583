/// A storm comes; what lies about outside must be brought in.
enum StormPlot {
  private static let setting: Phrase = """
    {?E} looked [up at the sky|out of the window|at the dark clouds|over the fields].
    "A storm is coming!" {E he} [said|called|cried]. "[Quick|Hurry|Children],
    [bring everything in|your things are still outside|there is not much time]!"
    {?A} had left {?t a} {?x at}, and {?B} had left {?u a} {?y at}.¶
    """
  private static let outside: Phrase = """
    {A} [ran|raced|dashed|rushed] {x to} [through the wind|in big boots|without a hat|over the wet grass]
    and [grabbed|picked up|saved] the {t noun}. {B} [ran|raced|dashed|rushed] {y to} and
    [grabbed|picked up|found] the {u noun}
    [4*.|, which was [already wet|almost flying away|full of leaves|heavy with rain].]~
    """
  private static let inside: Phrase = """
    Then the [rain|hail] began, and they met {?z at}, [wet|dripping|laughing|out of breath|shivering|muddy].
    """
  private static let noise: Phrase = """
    [Thunder [rolled|rumbled|boomed|cracked]|Lightning [flashed|lit the sky]
    |The wind [howled|shook the windows|sang in the chimney]|The rain [drummed|hammered|danced] on the roof].
    [2*"[Are you afraid|Is the house safe|Will it last long|Can it come in]?" asked {B}.
    "[Not at all|A little|Never|Storms pass|Listen]," said [{A}|{E}]|3*To pass the time,
    {B} told a story about [a brave|a tiny|a silly|a lonely|a lazy|an old]
    [mouse|king|giant|bear|queen|tailor|ghost|pirate]
    and [a clever|a golden|a hungry|a broken|a singing|a secret] [fish|crown|clock|door|goose|bell|tree|drum]].
    """

  static func tell(_ narrator: inout Narrator) {
    narrator.bag.offer(.place, Choices.countryside)
    narrator.say(Common.opening)
    narrator.say(setting)
    narrator.ledger.lies("t", at: narrator.cast["x"])
    narrator.ledger.lies("u", at: narrator.cast["y"])
    narrator.say(outside)
    narrator.ledger.moves("A", to: narrator.cast["x"])
    narrator.ledger.takes("A", "t")
    narrator.ledger.moves("B", to: narrator.cast["y"])
    narrator.ledger.takes("B", "u")
    narrator.bag.offer(.place, Choices.rooms)
    narrator.say(inside)
    narrator.endParagraph(perhaps: Scenery.indoors)
    narrator.ledger.moves("A", to: narrator.cast["z"])
    narrator.ledger.moves("B", to: narrator.cast["z"])
    narrator.say(noise)
    Beats(actors: ["A", "B"], things: ["t", "u"], places: Choices.upstairs | narrator.places(["z"]), most: 5)
      .tell(&narrator)
    narrator.say(closing)
    narrator.say(Common.ending)
  }

  private static let closing: Phrase = """
    [Then the [rain|storm|wind] [stopped|was over]|At last the [clouds|thunder] [went away|moved on]]
    [.|, and a rainbow [stood over the hill|came out].]~
    """
}

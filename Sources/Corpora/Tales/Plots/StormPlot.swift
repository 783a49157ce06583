/// A storm comes; what lies about outside must be brought in.
enum StormPlot {
  private static let setting: Phrase = """
    {?E} looked [up at the sky|out of the window]. "A storm is coming!" {E he} [said|called|cried]. "[Quick|Hurry|Children],
    [bring everything in|your things are still outside]!" {?A} had left {?t a} {?x at}, and {?B} had left {?u a} {?y at}.¶
    """
  private static let outside: Phrase = """
    {A} [ran|raced|dashed] {x to} [through the wind|in big boots|without a hat] and [grabbed|picked up|saved] the
    {t noun}. {B} [ran|raced|dashed] {y to} and [grabbed|picked up|found] the {u noun}[4*.|, which was [already
    wet|almost flying away|full of leaves].]~
    """
  private static let inside: Phrase = """
    Then the [rain|hail] began, and they met {?z at}, [wet|dripping|laughing|out of breath|shivering].¶
    """
  private static let noise: Phrase = """
    [Thunder [rolled|rumbled|boomed]|Lightning [flashed|lit the sky]|The wind [howled|shook the windows]|The rain
    [drummed|hammered] on the roof]. "[Are you afraid|Is the house safe|Will it last long]?" asked {B}.
    "[Not at all|A little|Never|Storms pass]," said [{A}|{E}].
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
    narrator.ledger.moves("A", to: narrator.cast["z"])
    narrator.ledger.moves("B", to: narrator.cast["z"])
    narrator.say(noise)
    Beats(actors: ["A", "B"], things: ["t", "u"], places: refuges | narrator.places(["z"]), most: 5)
      .tell(&narrator)
    narrator.say(closing)
    narrator.say(Common.ending)
  }

  /// The attic, the cellar and the hall.
  private static let refuges: UInt64 = 0b11_1000 << 16
  private static let closing: Phrase = """
    [Then the [rain|storm|wind] [stopped|was over]|At last the [clouds|thunder] [went away|moved on]]
    [.|, and a rainbow [stood over the hill|came out].]~
    """
}

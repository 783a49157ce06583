/// Phrases that many plots share.
enum Common {
  /// When it was; the hero's name follows.
  static let opening: Phrase = """
    [4*One [sunny|windy|bright|cool|quiet|golden|misty|lovely] [morning|afternoon|day]
    |3*On a [warm|clear|breezy|fine|mild|grey] [spring|summer|autumn] [morning|day|afternoon]
    |Early [in the morning|in spring|one Sunday]
    |Right after [breakfast|lunch|school]
    |Late in the [afternoon|summer|day]
    |The day after [the rain|the fair|the party]], 
    """

  static let indoorOpening: Phrase = """
    [3*One [rainy|grey|stormy|quiet|foggy|chilly] [morning|afternoon|evening]
    |2*On a [cold|wet|dark|long|slow] [autumn|winter|spring] [morning|day|evening]
    |While it [rained|snowed|was raining hard]
    |Just [before supper|after lunch|before bedtime]], 
    """

  /// Who the hero `A` is; a whole sentence.
  static let character: Phrase = """
    {A} was a [kind|brave|curious|cheerful|quiet|clever|shy|busy|patient|gentle] {A girl} who
    [loved [to sing|stories|animals|long walks|the rain|jokes]
    |liked [to laugh|to draw|warm socks|old songs|to whistle]
    |never [gave up|ran out of questions|sat still for long]
    |always [had a plan|helped others|saw the small things|wore a hat]].
    """

  /// A last sentence for children together.
  static let ending: Phrase = """
    [3*It [was|had been] a [good|happy|lovely|fine|busy|long] day
    [.|, and [everyone was tired|nobody wanted to stop|the stars came out|soon it was time for supper].]
    |2*Everyone [laughed|smiled|was happy|felt proud|was hungry now].
    |2*The [sun went down|sky turned pink|first star came out|moon rose]
    [.|~and [the birds were quiet|it grew cool|the crickets sang|the windows shone].]
    |"[What a day|That was fun|Let us do it again]!" [said|cried|laughed] {A}.
    |{A} [smiled|was glad|hummed a song|thought about it for a long time].]
    """

  /// A last sentence for a hero alone.
  static let endingAlone: Phrase = """
    [3*It [was|had been] a [good|happy|lovely|fine|busy|long] day
    [.|, and [{A} was tired|soon the stars came out|it was time for supper].]
    |2*The [sun went down|sky turned pink|first star came out|moon rose]
    [.|~and [the birds were quiet|it grew cool|the crickets sang|the windows shone].]
    |3*{A} [smiled|was glad|was hungry now|felt proud|hummed a song|thought about it for a long time].]
    """
}

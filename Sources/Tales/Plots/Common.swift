/// Phrases that many plots share.
enum Common {
  /// When it was; the hero's name follows.
  static let opening: Phrase = """
    [5*One [sunny|windy|bright|cool|quiet|golden|misty|lovely|fresh|still|hot|blue] [morning|afternoon|day]
    |4*On a [warm|clear|breezy|fine|mild|grey|sleepy|green] [spring|summer|autumn] [morning|day|afternoon]
    |Early [in the morning|in spring|one Sunday|one Saturday|in May]
    |Right after [breakfast|lunch|school|the rain]
    |Late in the [afternoon|summer|day|spring]
    |The day after [the fair|the party|the wedding|the big match|the long trip]
    |On the [first|last|second] day of [the holidays|April|June|August|the week]],~
    """

  static let indoorOpening: Phrase = """
    [4*One [rainy|grey|stormy|quiet|foggy|chilly|dark|windy] [morning|afternoon|evening|Sunday]
    |3*On a [cold|wet|long|slow|dull|snowy] [autumn|winter|spring] [morning|day|evening]
    |While it [rained|snowed|poured]
    |Just [before supper|after lunch|before bedtime|after tea]
    |When the [lamps were lit|others had gone out|fire was warm|dishes were done]],~
    """

  /// A last sentence for children together.
  static let ending: Phrase = """
    [4*It [was|had been] a [good|happy|lovely|fine|busy|long|perfect|merry] day
    [2*.|, and [everyone was tired|nobody wanted to stop|the stars came out|soon it was time for supper|nobody was sad].
    |~to remember.]
    |2*Everyone [laughed|smiled|was happy|felt proud|was hungry now|wanted to do it again].
    |3*The [sun went down|sky turned pink|first star came out|moon rose|day was over|lights came on]
    [.|~and [the birds were quiet|it grew cool|the crickets sang|the windows shone|an owl called|it was still].]
    |2*"[What a day|That was fun|Let us do it again|I am so happy|I am hungry]!" [said|cried|laughed] [{A}|{B}].
    |4*{A} [smiled|was glad|hummed a song|thought about it for a long time|slept well that night|3*felt as
    [happy|light|brave|proud|warm|free|calm|rich] as
    [a king|a bird|a lion|a feather|a captain|the sun|a summer day|a queen|a cloud|a fish in water|a bear in spring]].]
    """

  /// A last sentence for a hero alone.
  static let endingAlone: Phrase = """
    [3*It [was|had been] a [good|happy|lovely|fine|busy|long|perfect|quiet] day
    [2*.|, and [{A} was tired|soon the stars came out|it was time for supper].|~to remember.]
    |2*The [sun went down|sky turned pink|first star came out|moon rose|day was over|lights came on]
    [.|~and [the birds were quiet|it grew cool|the crickets sang|the windows shone|an owl called|it was still].]
    |4*{A} [smiled|was glad|was hungry now|hummed a song|thought about it for a long time|slept well that night|3*felt
    as [happy|light|brave|proud|warm|free|calm|rich] as
    [a king|a bird|a lion|a feather|a captain|the sun|a summer day|a queen|a cloud|a fish in water|a bear in spring]].]
    """
}

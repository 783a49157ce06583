/// Sentences about what is around: they change nothing, and make every story its own.
enum Scenery {
  static let outdoorsSource = """
    [6*A [small|grey|brown|sleepy|young|fat|lonely|busy|shy|thin|hungry|speckled|proud|tired|noisy|clever]
    [frog|toad|rabbit|squirrel|fox|hedgehog|duck|swan|goose|crow|sparrow|robin|snail|beetle|butterfly|mouse|lizard
    |heron|woodpecker|cricket]
    [sat|slept|waited|hid|rested|hopped about|stood|looked around|kept watch|dozed|blinked|was at home]
    [under|beside|behind|near|on]
    [an old|a mossy|a fallen|a crooked|a hollow|a flat|a tall|a bent|a broken|a white]
    [log|stone|fence|tree|wall|gate|bush|stump|wheel|bench].
    |3*[High above|Over the trees|Far away|Not far off|In the distance|Beyond the fields],
    [a [bell|dog|horn|cart|train|donkey|rooster|cuckoo|saw|flute] could be heard
    |[two|three|four|five|six|seven] [swallows|gulls|larks|crows|storks|geese]
    [flew|sailed|drifted|circled|hurried] [by|north|home|in a row|toward the sea|without a sound]].
    |3*There was a smell of
    [grass|mint|smoke|rain|honey|pine|clover|bread|roses|hay|salt|moss|apples|lavender|mud|soup] and
    [wild flowers|warm stone|old leaves|thyme|fresh paint|wet earth|tar|sheep|the sea|ripe plums|nettles|pepper].
    |3*The [[wind|breeze] [played with|pulled at|combed|shook|stroked|whispered to]
    |sun [warmed|lit up|shone on|dried|found]] the
    [leaves|reeds|ferns|daisies|corn|branches|nettles|poppies|puddles|thistles|rooftops|ivy].
    |2*[Clouds|Little clouds|Tall clouds|White clouds] like
    [sheep|ships|castles|pillows|whales|feathers|towers|dragons|snowballs|cows|mushrooms|boats]
    [drifted|sailed|floated|rolled] [over|past] the [hills|roofs|fields|trees|village|chimneys].]
    """

  static let outdoors = Phrase(stringLiteral: outdoorsSource)

  static let indoors: Phrase = """
    [4*On the [windowsill|stove|mantel|stool|rug|piano|bench|stairs] [stood|lay|was]
    [a blue|a chipped|a heavy|a dusty|a round|a warm|a forgotten|a cracked|an empty|a wooden]
    [pot|jar|lamp|bowl|box|plate|shoe|jug|hammer|candle].
    |3*The house smelled of [soup|wax|cinnamon|soap|toast|wood|ginger|coffee|onions|ink|lemons|wool] and
    [rain|old books|smoke|jam|pine|butter|wet dog|pepper|tea|roses|dust|apples].
    |3*[Rain|Wind|Something|Somebody|Twigs|Hail] [tapped|drummed|knocked|rattled|scratched] [at|on] the
    [window|roof|door|glass|shutters|chimney|wall|gutter].
    |3*[Upstairs|Somewhere|In the next room|Behind the wall|Down the hall|Under the floor],
    [a [mouse|clock|kettle|door|board|radio|hinge|cat] [could be heard|made a small noise|would not be quiet]
    |somebody [hummed|coughed|laughed|sneezed|sang|turned a page|was sweeping|dropped a spoon]].
    |4*A [small|grey|black|sleepy|young|fat|lonely|brave|shy|thin] [cat|moth|spider|fly|mouse|dog|parrot|kitten]
    [slept|sat|dreamed|rested|hid|looked about] [on|under|beside|behind] the
    [stove|lamp|rug|coats|books|cushions|plates|radiator|boots|flowers].]
    """

  /// A few words between `A` and `B`, or a tale within the tale.
  static let chatter: Phrase = """
    [3*"I like [frogs|thunder|soup|stories|snow|bridges|drums|dragons|socks|puddles|trains|owls|cheese|islands
    |candles|whales] and
    [long words|big hats|tall trees|warm beds|hot tea|old maps|loud bands|good jokes|red boots|small boats|dark woods
    |full moons]," said {B}.
    "[So do I|I like both|I never knew that|That is a good list|Me too]," [said|answered] {A}.
    |3*"When I grow up, I will be [a baker|a sailor|a painter|a farmer|a doctor|a singer|a pilot|a teacher|a gardener
    |a clockmaker|an actor|an inventor]," said {A}. "[And I|Then I] will be
    [a cook|a captain|a writer|a shepherd|a nurse|a dancer|a fisher|a builder|a beekeeper|a magician|a queen|a miller],"
    said {B}.
    |3*"What do [owls|snails|fish|clouds|bears|trees|ants|kings|stars|goats] [dream of|eat|sing about|hide|talk about]?"
    asked {A}. "[Soup|Summer|Small things|Cake|The moon|Each other|Nobody knows|Everything|Us|Gold]," said {B}.
    |4*{B} told a story about
    [a brave|a tiny|a silly|a lonely|a lazy|a hungry|a kind|a forgetful|an old|an invisible]
    [mouse|king|giant|bear|queen|tailor|ghost|dragon|fisherman|witch|wolf|pirate] who
    [lost|found|stole|sold|ate|hid|married|followed|forgot|built]
    [a crown|a cloud|a ship|a mountain|a clock|a pie|a princess|the moon|a song|a tower|a river|a shadow].
    |3*"Last night I dreamed of [a flying|a singing|a purple|a giant|a paper|a frozen|an upside-down|a sleeping]
    [fish|house|cow|tree|castle|train|piano|cake|elephant|lighthouse]," said {A}. "[How [odd|nice|funny|lovely]|It sounds
    [big|friendly|lost]|I know that one]," said {B}.]
    """
}

extension Narrator {
  private static let paragraphEnd: Phrase = "[2*~|¶]"

  /// Ends the paragraph, with `phrase` as its last sentence or without.
  mutating func endParagraph(perhaps phrase: Phrase) {
    guard choose(Self.paragraphEnd) == 0 else { return }
    say(phrase)
    write("\n")
  }
}

/// All words that slots can hold, as bytes ready to be written.
struct Lexicon: Sendable {
  static let shared = Lexicon()

  /// `words[class][word * formCount + form]`.
  private let words: [[[UInt8]]]
  private let formCounts: [Int]
  /// `adjectives[word * 3 + form]`, each with the space after it; the forms are plain, with article, title case.
  private let adjectives: [[UInt8]]

  /// The form of a thing without its adjective.
  static let nounForm = 3
  private static let adjectiveFormCount = 3

  var adjectiveCount: Int { adjectives.count / Self.adjectiveFormCount }

  func adjective(_ word: Int, _ form: Int) -> [UInt8] { adjectives[word &* Self.adjectiveFormCount &+ form] }

  func text(_ kind: WordClass, _ word: Int, _ form: Int) -> [UInt8] {
    words[kind.rawValue][word &* formCounts[kind.rawValue] &+ form]
  }

  func count(_ kind: WordClass) -> Int { words[kind.rawValue].count / formCounts[kind.rawValue] }

  private init() {
    var table = [[[UInt8]]](repeating: [], count: WordClass.allCases.count)
    func add(_ kind: WordClass, _ forms: [String]) {
      precondition(forms.count == kind.forms.count, "\(kind): found \(forms.count) forms in \(forms)")
      table[kind.rawValue] += forms.map { Array($0.utf8) }
    }
    func pronouns(_ isFemale: Bool) -> [String] {
      isFemale ? ["she", "her", "her", "She", "Her"] : ["he", "him", "his", "He", "His"]
    }
    for (name, isFemale) in Self.children {
      add(.child, [name] + pronouns(isFemale) + [isFemale ? "girl" : "boy"])
    }
    for (name, isFemale) in Self.elders {
      add(.elder, [name] + pronouns(isFemale) + [isFemale ? "woman" : "man"])
    }
    for (name, kind, isFemale) in Self.pets { add(.pet, [name] + pronouns(isFemale) + [kind]) }
    for noun in Self.things { add(.thing, [noun, noun, Self.titleCased(noun), noun]) }
    for (where_, noun) in Self.places + Self.spots {
      let at = "\(where_) the \(noun)"
      let isSpot = Self.spots.contains { $0 == (where_, noun) }
      add(.place, [noun, at, isSpot ? at : "to the \(noun)", Self.capitalised(at), Self.titleCased(noun)])
    }
    add(.place, ["home", "at home", "home", "At home", "Home"])
    table[WordClass.spot.rawValue] = table[WordClass.place.rawValue]
    for (one, many) in Self.goods { add(.goods, [many, one, Self.article(one) + one, Self.titleCased(many)]) }
    for (value, word) in Self.numbers.enumerated() {
      add(
        .number,
        [word, Self.capitalised(word)] + (value == 1 ? ["was", "is", "it"] : ["were", "are", "them"]))
    }
    words = table
    formCounts = WordClass.allCases.map(\.forms.count)
    adjectives = Self.adjectiveWords.flatMap { word in
      ["\(word) ", "\(Self.article(word))\(word) ", "\(Self.capitalised(word)) "].map { Array($0.utf8) }
    }
  }

  private static func article(_ word: String) -> String { "aeiou".contains(word.first!) ? "an " : "a " }
  private static func capitalised(_ word: String) -> String { word.prefix(1).uppercased() + word.dropFirst() }
  private static func titleCased(_ words: String) -> String {
    words.split(separator: " ").map { capitalised(String($0)) }.joined(separator: " ")
  }
}

// The words themselves. No name is the beginning of another of its class: a reader must know where it ends.
extension Lexicon {
  private static let children: [(String, Bool)] = [
    ("Mina", true), ("Tom", false), ("Rosa", true), ("Ben", false), ("Nora", true), ("Finn", false),
    ("Ivy", true), ("Hugo", false), ("Lila", true), ("Leo", false), ("Pia", true), ("Sam", false),
    ("Zoe", true), ("Max", false), ("Ada", true), ("Otto", false),
  ]
  private static let elders: [(String, Bool)] = [
    ("Grandma", true), ("Grandpa", false), ("Mama", true), ("Papa", false), ("Aunt June", true),
    ("Uncle Theo", false), ("Mrs. Bell", true), ("Mr. Reed", false),
  ]
  private static let pets: [(String, String, Bool)] = [
    ("Biscuit", "dog", false), ("Rusty", "dog", false), ("Pepper", "puppy", true), ("Daisy", "puppy", true),
    ("Clover", "goat", true), ("Bramble", "goat", false), ("Mittens", "kitten", true), ("Ginger", "cat", false),
  ]
  private static let things = [
    "kite", "ball", "drum", "book", "lantern", "hat", "scarf", "whistle", "bell", "toy boat", "key", "cup",
    "blanket", "umbrella", "map", "doll", "ribbon", "flute", "teddy bear", "puppet", "spoon", "glove", "bucket",
    "paintbrush",
    "coin", "bead", "marble", "button", "ring", "pebble",
  ]
  private static let adjectiveWords = [
    "red", "blue", "green", "yellow", "white", "orange", "purple", "old", "little", "striped", "pretty", "new",
  ]
  private static let goods: [(String, String)] = [
    ("apple", "apples"), ("pear", "pears"), ("plum", "plums"), ("egg", "eggs"), ("carrot", "carrots"),
    ("peach", "peaches"), ("potato", "potatoes"), ("bun", "buns"), ("cookie", "cookies"), ("muffin", "muffins"),
    ("pancake", "pancakes"), ("tart", "tarts"), ("shell", "shells"), ("pebble", "pebbles"),
    ("feather", "feathers"), ("acorn", "acorns"), ("button", "buttons"), ("marble", "marbles"),
    ("pine cone", "pine cones"), ("chestnut", "chestnuts"),
  ]
  private static let numbers = [
    "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
  ]
  private static let places: [(String, String)] = [
    ("at", "pond"), ("on", "hill"), ("in", "meadow"), ("in", "woods"), ("on", "bridge"), ("at", "mill"),
    ("in", "orchard"), ("at", "river"), ("in", "park"), ("on", "beach"), ("at", "lighthouse"), ("at", "market"),
    ("at", "school"), ("at", "station"), ("at", "bakery"), ("in", "library"),
    ("in", "kitchen"), ("in", "garden"), ("in", "barn"), ("in", "attic"), ("in", "cellar"), ("in", "hall"),
    ("on", "porch"), ("in", "parlor"), ("in", "bedroom"), ("in", "playroom"),
  ]
  private static let spots: [(String, String)] = [
    ("under", "bed"), ("behind", "sofa"), ("in", "basket"), ("on", "shelf"), ("under", "table"),
    ("behind", "door"), ("in", "trunk"), ("under", "stairs"), ("in", "cupboard"), ("behind", "curtain"),
    ("behind", "oak tree"), ("under", "bench"), ("in", "tall grass"), ("behind", "haystack"), ("in", "wagon"),
    ("under", "wheelbarrow"), ("behind", "well"), ("behind", "rose bush"),
    ("under", "red cup"), ("under", "blue cup"), ("under", "green cup"), ("under", "yellow cup"),
    ("on", "snowman"),
  ]
}

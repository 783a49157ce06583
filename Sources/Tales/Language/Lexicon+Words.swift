// The words themselves. No name is the beginning of another of its class: a reader must know where it ends.
extension Lexicon {
  static let children: [(String, Bool)] = [
    ("Mina", true), ("Tom", false), ("Rosa", true), ("Ben", false), ("Nora", true), ("Finn", false),
    ("Ivy", true), ("Hugo", false), ("Lila", true), ("Leo", false), ("Pia", true), ("Sam", false),
    ("Zoe", true), ("Max", false), ("Ada", true), ("Otto", false), ("Clara", true), ("Emil", false),
    ("Greta", true), ("Jonas", false), ("Kira", true), ("Oscar", false), ("Vera", true), ("Peter", false),
  ]
  static let elders: [(String, Bool)] = [
    ("Grandma", true), ("Grandpa", false), ("Mama", true), ("Papa", false), ("Aunt June", true),
    ("Uncle Theo", false), ("Mrs. Bell", true), ("Mr. Reed", false),
  ]
  static let pets: [(String, String, Bool)] = [
    ("Biscuit", "dog", false), ("Rusty", "dog", false), ("Pepper", "puppy", true), ("Daisy", "puppy", true),
    ("Clover", "goat", true), ("Bramble", "goat", false), ("Mittens", "kitten", true), ("Ginger", "cat", false),
    ("Waddles", "duck", false), ("Hazel", "pony", true), ("Nutmeg", "dog", true), ("Sooty", "cat", false),
  ]
  static let belongings = [
    "kite", "ball", "drum", "book", "lantern", "hat", "scarf", "whistle", "bell", "toy boat", "key", "cup",
    "blanket", "umbrella", "map", "doll", "ribbon", "flute", "teddy bear", "puppet", "spoon", "glove", "bucket",
    "paintbrush", "cap", "shawl", "apron", "crown", "mirror", "pillow", "horn", "pencil", "clock", "jug",
    "comb",
    "toy train",
  ]
  static let clothes = ["hat", "scarf", "ribbon", "cap", "shawl", "apron", "blanket", "crown"]
  static let trinkets = ["coin", "bead", "marble", "button", "ring", "pebble", "acorn", "shell"]
  static let adjectiveWords = [
    "red", "blue", "green", "yellow", "white", "orange", "purple", "pink", "brown", "golden", "silver", "old",
    "little", "tiny", "striped", "spotted", "pretty", "new", "shiny", "painted",
  ]
  static let farmGoods: [(String, String)] = [
    ("apple", "apples"), ("pear", "pears"), ("plum", "plums"), ("egg", "eggs"), ("carrot", "carrots"),
    ("peach", "peaches"), ("potato", "potatoes"), ("cherry", "cherries"), ("onion", "onions"),
    ("radish", "radishes"),
  ]
  static let bakedGoods: [(String, String)] = [
    ("bun", "buns"), ("cookie", "cookies"), ("muffin", "muffins"), ("pancake", "pancakes"), ("tart", "tarts"),
    ("scone", "scones"), ("waffle", "waffles"), ("roll", "rolls"),
  ]
  static let finds: [(String, String)] = [
    ("shell", "shells"), ("pebble", "pebbles"), ("feather", "feathers"), ("acorn", "acorns"),
    ("button", "buttons"), ("marble", "marbles"), ("pine cone", "pine cones"), ("chestnut", "chestnuts"),
    ("walnut", "walnuts"), ("snail shell", "snail shells"),
  ]
  static let numbers = [
    "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
  ]
  static let countryside: [(String, String)] = [
    ("at", "pond"), ("on", "hill"), ("in", "meadow"), ("in", "woods"), ("on", "bridge"), ("at", "mill"),
    ("in", "orchard"), ("at", "river"), ("in", "park"), ("on", "beach"), ("at", "lighthouse"), ("on", "farm"),
    ("at", "harbor"), ("at", "castle"), ("at", "waterfall"), ("at", "crossroads"), ("at", "lake"),
    ("in", "valley"),
  ]
  static let village: [(String, String)] = [
    ("at", "market"), ("at", "school"), ("at", "station"), ("at", "bakery"), ("in", "library"),
    ("at", "playground"),
  ]
  static let rooms: [(String, String)] = [
    ("in", "kitchen"), ("in", "attic"), ("in", "cellar"), ("in", "hall"), ("in", "parlor"), ("in", "bedroom"),
    ("in", "playroom"), ("in", "study"),
  ]
  /// Spots that any room may have.
  static let roomSpots: [(String, String)] = [
    ("in", "basket"), ("on", "shelf"), ("under", "table"), ("behind", "door"), ("in", "trunk"),
    ("in", "cupboard"), ("behind", "curtain"), ("under", "chair"), ("in", "drawer"),
  ]
  /// Spots that hide a child.
  static let hideouts: [(String, String)] = [
    ("under", "bed"), ("behind", "sofa"), ("under", "stairs"), ("behind", "clock"), ("in", "wardrobe"),
    ("behind", "piano"), ("under", "desk"), ("in", "laundry"),
  ]
  static let cups: [(String, String)] = [
    ("under", "red cup"), ("under", "blue cup"), ("under", "green cup"), ("under", "yellow cup"),
  ]
  static let snowman = ("on", "snowman")
}

/// Sets of words of one class that a draw may choose from: bit *i* stands for word *i*.
enum Choices {
  static let countryside = set(.place, Lexicon.countryside.map(\.1))
  static let outdoors = countryside | set(.place, Lexicon.village.map(\.1)) & ~set(.place, ["market"])
  static let rooms = set(.place, Lexicon.rooms.map(\.1))
  static let upstairs = set(.place, ["attic", "cellar", "hall"])
  static let roomSpots = set(.place, Lexicon.roomSpots.map(\.1))
  static let hideouts = set(.place, Lexicon.hideouts.map(\.1) + ["table", "door", "trunk", "curtain"])
  static let cups = set(.place, Lexicon.cups.map(\.1))
  static let snowman = Lexicon.shared.word(.place, "snowman")
  static let home = Lexicon.shared.word(.place, "home")

  /// Things of a size to carry about, things to wear, and things that fit under a cup.
  static let belongings = set(.thing, Lexicon.belongings)
  static let clothes = set(.thing, Lexicon.clothes)
  static let trinkets = set(.thing, Lexicon.trinkets)

  static let farmGoods = set(.goods, Lexicon.farmGoods.map(\.1))
  static let bakedGoods = set(.goods, Lexicon.bakedGoods.map(\.1))
  static let finds = set(.goods, Lexicon.finds.map(\.1))

  private static func set(_ kind: WordClass, _ names: [String]) -> UInt64 {
    names.reduce(0) { $0 | 1 << UInt64(Lexicon.shared.word(kind, $1)) }
  }
}

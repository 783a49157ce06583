/// Sets of words of one class that a draw may choose from: bit *i* stands for word *i*.
enum Choices {
  static let outdoors: UInt64 = 0b1111_1111_1111_1111
  static let countryside: UInt64 = 0b0000_0111_1111_1111
  /// Where the floor is dry: kitchen, attic, cellar, hall, parlor, bedroom, playroom.
  static let rooms: UInt64 = 0b11_1011_1001 << 16
  /// Spots that any room may have: basket, shelf, table, door, trunk, cupboard, curtain.
  static let roomSpots: UInt64 = 0b11_0111_1100 << 26
  static let indoorSpots: UInt64 = 0b11_1111_1111 << 26
  static let outdoorSpots: UInt64 = 0b1111_1111 << 36
  static let cups: UInt64 = 0b1111 << 44
  static let snowman = 48
  static let home = 49

  /// Things of a size to carry about, and things that fit under a cup.
  static let belongings: UInt64 = (1 << 24) - 1
  static let trinkets: UInt64 = 0b11_1111 << 24

  static let farmGoods: UInt64 = 0b111_1111
  static let bakedGoods: UInt64 = 0b1_1111 << 7
  static let finds: UInt64 = 0b1111_1111 << 12
}

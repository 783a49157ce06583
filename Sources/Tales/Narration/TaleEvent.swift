/// A change of the story's state, in the order told. Tests replay these with a tracker of their own.
enum TaleEvent: Equatable, Sendable {
  case stands(Slot, place: Int)
  case moves(Slot, to: Int)
  case has(Slot, Slot)
  case lies(Slot, place: Int)
  case takes(Slot, Slot)
  case puts(Slot, Slot, place: Int)
  case gives(Slot, Slot, to: Slot)
  case shifts(Slot, to: Int)
  case owns(Slot, Slot, count: Int)
  case gains(Slot, Slot, count: Int)
  case loses(Slot, Slot, count: Int)
  case passes(Slot, Slot, to: Slot, count: Int)
}

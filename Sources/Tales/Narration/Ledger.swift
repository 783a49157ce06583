/// Who is where, who holds what, how many: the state of a story and how often each part of it has changed.
///
/// Every precondition here is a rule of the story world, so a plot that breaks one fails its tests: nobody gives what
/// they do not hold, and nobody takes what is elsewhere.
struct Ledger: Sendable {
  private static let unknown = -1

  private var placeOfHolder = [Int](repeating: unknown, count: 7)
  private var movesOfHolder = [Int](repeating: 0, count: 7)
  private var holderOfThing = [Int](repeating: unknown, count: 3)
  private var placeOfThing = [Int](repeating: unknown, count: 3)
  private var changesOfThing = [Int](repeating: 0, count: 3)
  private var counts = [Int](repeating: unknown, count: 14)
  private var changesOfCount = [Int](repeating: 0, count: 14)
  /// The places that anybody or anything has been at, bit *i* for word *i*.
  private(set) var placesSeen: UInt64 = 0
  /// Filled only where `recordsEvents`.
  private(set) var events: [TaleEvent] = []
  var recordsEvents = false

  mutating func reset() {
    for i in 0..<7 { (placeOfHolder[i], movesOfHolder[i]) = (Self.unknown, 0) }
    for i in 0..<3 { (holderOfThing[i], placeOfThing[i], changesOfThing[i]) = (Self.unknown, Self.unknown, 0) }
    for i in 0..<14 { (counts[i], changesOfCount[i]) = (Self.unknown, 0) }
    placesSeen = 0
    events.removeAll(keepingCapacity: true)
  }

  private mutating func record(_ event: @autoclosure () -> TaleEvent) {
    if recordsEvents { events.append(event()) }
  }

  // Reading.

  func place(of holder: Slot) -> Int? { known(placeOfHolder[holder.holder]) }
  func holder(of thing: Slot) -> Slot? { known(holderOfThing[thing.thing]).map { Slot.holders[$0] } }
  func count(_ holder: Slot, _ goods: Slot) -> Int? { known(counts[holder.holder * 2 + goods.goods]) }

  /// Where a thing is: with its holder, or where it was put.
  func place(ofThing thing: Slot) -> Int? {
    if let holder = known(holderOfThing[thing.thing]) { return known(placeOfHolder[holder]) }
    return known(placeOfThing[thing.thing])
  }

  func changes(of holder: Slot) -> Int { movesOfHolder[holder.holder] }
  func changes(ofThing thing: Slot) -> Int { changesOfThing[thing.thing] }
  func changes(ofCount holder: Slot, _ goods: Slot) -> Int { changesOfCount[holder.holder * 2 + goods.goods] }

  private func known(_ value: Int) -> Int? { value == Self.unknown ? nil : value }

  // Telling how things are at first.

  /// Tells where somebody is, whatever came before: nothing earlier needs to be tracked any more.
  mutating func stands(_ holder: Slot, at place: Int) {
    record(.stands(holder, place: place))
    placeOfHolder[holder.holder] = place
    movesOfHolder[holder.holder] = 0
    placesSeen |= 1 << UInt64(place)
  }

  mutating func has(_ holder: Slot, _ thing: Slot) {
    record(.has(holder, thing))
    holderOfThing[thing.thing] = holder.holder
  }

  mutating func lies(_ thing: Slot, at place: Int) {
    record(.lies(thing, place: place))
    placeOfThing[thing.thing] = place
    placesSeen |= 1 << UInt64(place)
  }

  mutating func owns(_ holder: Slot, _ goods: Slot, _ count: Int) {
    record(.owns(holder, goods, count: count))
    counts[holder.holder * 2 + goods.goods] = count
  }

  // Changing it.

  mutating func moves(_ holder: Slot, to place: Int) {
    record(.moves(holder, to: place))
    placeOfHolder[holder.holder] = place
    placesSeen |= 1 << UInt64(place)
    movesOfHolder[holder.holder] += 1
    for thing in 0..<3 where holderOfThing[thing] == holder.holder { changesOfThing[thing] += 1 }
  }

  mutating func takes(_ holder: Slot, _ thing: Slot) {
    record(.takes(holder, thing))
    precondition(holderOfThing[thing.thing] == Self.unknown, "the thing taken is in somebody's hands")
    let (mine, its) = (placeOfHolder[holder.holder], placeOfThing[thing.thing])
    precondition(mine == its || mine == Self.unknown || its == Self.unknown, "the thing taken is elsewhere")
    holderOfThing[thing.thing] = holder.holder
    placeOfThing[thing.thing] = Self.unknown
    changesOfThing[thing.thing] += 1
  }

  mutating func puts(_ holder: Slot, _ thing: Slot, at place: Int) {
    record(.puts(holder, thing, place: place))
    precondition(holderOfThing[thing.thing] == holder.holder, "the thing put down is not held")
    holderOfThing[thing.thing] = Self.unknown
    placeOfThing[thing.thing] = place
    placesSeen |= 1 << UInt64(place)
    changesOfThing[thing.thing] += 1
  }

  mutating func gives(_ holder: Slot, _ thing: Slot, to other: Slot) {
    record(.gives(holder, thing, to: other))
    precondition(holderOfThing[thing.thing] == holder.holder, "the thing given is not held")
    let (mine, theirs) = (placeOfHolder[holder.holder], placeOfHolder[other.holder])
    precondition(mine == theirs, "the giver is not where the receiver is")
    holderOfThing[thing.thing] = other.holder
    changesOfThing[thing.thing] += 1
  }

  /// A thing that nobody holds comes to lie somewhere else.
  mutating func shifts(_ thing: Slot, to place: Int) {
    record(.shifts(thing, to: place))
    precondition(holderOfThing[thing.thing] == Self.unknown, "the thing shifted is in somebody's hands")
    placeOfThing[thing.thing] = place
    placesSeen |= 1 << UInt64(place)
    changesOfThing[thing.thing] += 1
  }

  mutating func gains(_ holder: Slot, _ goods: Slot, _ count: Int) {
    record(.gains(holder, goods, count: count))
    change(holder, goods, by: count)
  }

  mutating func loses(_ holder: Slot, _ goods: Slot, _ count: Int) {
    record(.loses(holder, goods, count: count))
    change(holder, goods, by: -count)
  }

  mutating func passes(_ holder: Slot, _ goods: Slot, _ count: Int, to other: Slot) {
    record(.passes(holder, goods, to: other, count: count))
    change(holder, goods, by: -count)
    change(other, goods, by: count)
  }

  /// Whoever was not known to have any had none.
  private mutating func change(_ holder: Slot, _ goods: Slot, by difference: Int) {
    let index = holder.holder * 2 + goods.goods
    if counts[index] == Self.unknown { counts[index] = 0 }
    counts[index] += difference
    precondition(counts[index] >= 0, "more goods leave than there are")
    changesOfCount[index] += 1
  }
}

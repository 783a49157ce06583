/// Lets bytes through until a stop string is complete, and never a byte of the stop string itself.
///
///     var filter = StopFilter(["\n\n"])
///     filter.push("end.\n")   // "end." comes out; the line break may begin a stop string and waits
///     filter.push("\nNext")   // nothing comes out and `isStopped` is true
///
/// Where stop strings overlap, the one that is complete first counts, and of those complete at the same byte the longest.
struct StopFilter {
  /// The longest first.
  private let stops: [[UInt8]]
  private var held: [UInt8] = []
  private(set) var isStopped = false

  init(_ stops: [String]) {
    self.stops = stops.filter { !$0.isEmpty }.map { Array($0.utf8) }.sorted { $0.count > $1.count }
  }

  /// Takes `bytes` and returns those that are certain to precede any stop string.
  mutating func push(_ bytes: some Sequence<UInt8>) -> [UInt8] {
    var released: [UInt8] = []
    for byte in bytes where !isStopped {
      held.append(byte)
      if let stop = stops.first(where: { held.suffix($0.count).elementsEqual($0) }) {
        isStopped = true
        released += held.dropLast(stop.count)
        held = []
      } else {
        let kept = longestBeginning()
        released += held.dropLast(kept)
        held.removeFirst(held.count - kept)
      }
    }
    return released
  }

  /// What was held back, once nothing more can come.
  mutating func finish() -> [UInt8] {
    defer { held = [] }
    return held
  }

  /// The length of the longest end of `held` that begins some stop string.
  private func longestBeginning() -> Int {
    var longest = 0
    for stop in stops {
      var count = min(held.count, stop.count - 1)
      while count > longest, !held.suffix(count).elementsEqual(stop.prefix(count)) { count -= 1 }
      longest = max(longest, count)
    }
    return longest
  }
}

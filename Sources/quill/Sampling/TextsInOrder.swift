/// Texts that are written at the same time, put in order: the first that has not ended comes out as it is written, the others
/// wait for it.
struct TextsInOrder {
  enum Event: Equatable {
    case bytes([UInt8])
    /// The text of this number has ended, with this byte.
    case end(last: UInt8?, number: Int)
  }

  private var waiting: [[UInt8]]
  private var hasEnded: [Bool]
  private var lastBytes: [UInt8?]
  private var front = 0

  init(count: Int) {
    waiting = Array(repeating: [], count: count)
    hasEnded = Array(repeating: false, count: count)
    lastBytes = Array(repeating: nil, count: count)
  }

  /// Takes bytes of a text, or its end, and returns what can be shown now.
  mutating func take(_ number: Int, _ bytes: [UInt8]?) -> [Event] {
    if let bytes {
      waiting[number] += bytes
      lastBytes[number] = bytes.last
    } else {
      hasEnded[number] = true
    }
    var events: [Event] = []
    while front < waiting.count {
      if !waiting[front].isEmpty { events.append(.bytes(waiting[front])) }
      waiting[front] = []
      guard hasEnded[front] else { break }
      events.append(.end(last: lastBytes[front], number: front))
      front += 1
    }
    return events
  }
}

/// Says when a line is due that should come now and then.
///
///     var pace = Pace(.seconds(60))
///     if pace.isDue() { print("still at work") }
package struct Pace: Sendable {
  private let interval: Duration
  private var last: ContinuousClock.Instant

  /// The first line is due one interval from now.
  package init(_ interval: Duration, from start: ContinuousClock.Instant = .now) {
    self.interval = interval
    last = start
  }

  /// Whether an interval has passed since the last line; then this one counts as the last.
  package mutating func isDue(at now: ContinuousClock.Instant = .now) -> Bool {
    guard now - last >= interval else { return false }
    last = now
    return true
  }

  /// Another line has been written: the next is due an interval later.
  package mutating func restart(at now: ContinuousClock.Instant = .now) { last = now }
}

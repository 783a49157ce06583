/// Says when something is due that should happen now and then: a line, a record, a checkpoint.
///
///     var throttle = Throttle(every: .seconds(60))
///     if throttle.isDue() { print("still at work") }
package struct Throttle: Sendable {
  private let interval: Duration
  private var last: ContinuousClock.Instant?

  /// - Parameter start: the first time is one interval later; at once where it is nil.
  package init(every interval: Duration, from start: ContinuousClock.Instant? = .now) {
    self.interval = interval
    last = start
  }

  /// Whether an interval has passed since the last time; then this one counts as the last.
  package mutating func isDue(at now: ContinuousClock.Instant = .now) -> Bool {
    if let last, now - last < interval { return false }
    last = now
    return true
  }

  /// It has happened without being due: the next time is an interval later.
  package mutating func restart(at now: ContinuousClock.Instant = .now) { last = now }
}

/// Whether a pass of a few tokens is worth all threads, by how long such passes take.
///
/// Threads that meet two dozen times a token are quick where each has a processor, and wait for one another where other
/// programs take theirs: then one thread alone is many times faster. Results are the same, so time alone decides. One
/// thread is tried first, then the team; where the team is slower it is tried again after ever longer stays.
struct TeamChoice {
  private(set) var isTeam = false
  /// Seconds of a pass with the team and alone, as last known.
  private var known: (team: Double?, alone: Double?) = (nil, nil)
  /// Passes of this stay, and the fastest of its first ones: the first of all wakes threads and fills caches.
  private var passCount = 0
  private var fastest = Double.infinity
  /// The mean of the last twenty passes or so: one that was held up does not decide.
  private var recent = 0.0
  /// Passes of the next stay alone.
  private var stay = shortestStay
  private var rows = 0

  private static let trial = 4
  private static let shortestStay = 16
  private static let longestStay = 1_024

  /// Takes the time of a pass of so many rows, and decides about the next.
  mutating func note(_ seconds: Double, rows: Int) {
    // Passes of another size are another question.
    if rows > 2 * self.rows || 2 * rows < self.rows {
      self = TeamChoice()
      self.rows = rows
    }
    passCount += 1
    if passCount <= Self.trial { fastest = min(fastest, seconds) }
    recent = passCount == 1 ? seconds : 0.95 * recent + 0.05 * seconds
    // The first pass of a team wakes threads; when the second is as slow, more of them would tell nothing new.
    let isHopeless = isTeam && passCount == 2 && fastest > 3 * (known.alone ?? .infinity)
    guard passCount >= Self.trial || isHopeless else { return }
    if passCount <= Self.trial { recent = fastest }
    if isTeam { known.team = recent } else { known.alone = recent }
    guard let team = known.team, let alone = known.alone else { return change() }
    if isTeam, team > alone {
      stay = min(2 * stay, Self.longestStay)
      change()
    } else if !isTeam, team <= alone {
      stay = Self.shortestStay
      change()
    } else if !isTeam, passCount >= stay {
      change()
    }
  }

  private mutating func change() {
    isTeam.toggle()
    passCount = 0
    fastest = .infinity
  }
}

/// Whether a pass of a few tokens is worth all threads, by how long such passes take.
///
/// Threads that meet two dozen times a token are quick where each has a processor, and wait for one another where other
/// programs take theirs: then one thread alone is many times faster. Results are the same, so time alone decides. Passes are
/// tried alone now and then, rarely where the team is ahead.
struct TeamChoice {
  private var teamSeconds: Double?
  private var aloneSeconds: Double?
  /// Passes until the other way is tried again.
  private var countdown = 1
  /// How many passes the next stay alone takes: twice as many each time that the team is still slower.
  private var stay = shortestStay
  private(set) var isTeam = true

  private static let shortestStay = 8
  private static let longestStay = 512
  /// Passes with the team between two alone, while it is ahead.
  private static let teamStay = 256

  /// Takes the time of a pass, and decides about the next.
  mutating func note(_ seconds: Double) {
    if isTeam {
      teamSeconds = Self.mean(teamSeconds, seconds)
    } else {
      aloneSeconds = Self.mean(aloneSeconds, seconds)
    }
    countdown -= 1
    guard let teamSeconds, let aloneSeconds else {
      if countdown <= 0 { (isTeam, countdown) = (!isTeam, 1) }
      return
    }
    let teamIsAhead = teamSeconds <= aloneSeconds
    if isTeam, !teamIsAhead {
      (isTeam, countdown) = (false, stay)
      stay = min(2 * stay, Self.longestStay)
    } else if !isTeam, teamIsAhead {
      (isTeam, countdown, stay) = (true, Self.teamStay, Self.shortestStay)
    } else if countdown <= 0 {
      // One pass the other way, which counts as much as all before.
      isTeam.toggle()
      countdown = 1
      if isTeam { self.teamSeconds = nil } else { self.aloneSeconds = nil }
    }
  }

  /// The mean of the last few passes.
  private static func mean(_ old: Double?, _ new: Double) -> Double {
    old.map { 0.75 * $0 + 0.25 * new } ?? new
  }
}

import Testing
@testable import Transformer

@Suite(.timeLimit(.minutes(5))) struct TeamChoiceTests {
  /// How many of `count` passes go to the team, where a pass takes as long as said.
  private func share(
    _ choice: inout TeamChoice, _ count: Int, team: Double, alone: Double
  ) -> Double {
    var teamPasses = 0
    for _ in 0..<count {
      if choice.isTeam { teamPasses += 1 }
      choice.note(choice.isTeam ? team : alone)
    }
    return Double(teamPasses) / Double(count)
  }

  @Test func theFasterWayIsTakenAlmostAlways() {
    var choice = TeamChoice()
    #expect(choice.isTeam)
    #expect(share(&choice, 2_000, team: 1, alone: 1.9) > 0.98)
    var other = TeamChoice()
    #expect(share(&other, 2_000, team: 9, alone: 2) < 0.02)
  }

  /// Other programs come and go: the choice follows within a few hundred passes.
  @Test func theChoiceFollowsTheMachine() {
    var choice = TeamChoice()
    _ = share(&choice, 500, team: 1, alone: 2)
    _ = share(&choice, 10, team: 10, alone: 2)
    #expect(share(&choice, 300, team: 10, alone: 2) < 0.1)
    _ = share(&choice, 600, team: 1, alone: 2)
    #expect(share(&choice, 600, team: 1, alone: 2) > 0.9)
  }
}

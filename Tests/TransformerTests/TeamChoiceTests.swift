import Testing

@testable import Transformer

@Suite(.timeLimit(.minutes(5))) struct TeamChoiceTests {
  /// How many of `count` passes go to the team, where a pass takes as long as said and a change to the team wakes threads.
  private func share(
    _ choice: inout TeamChoice, _ count: Int, team: Double, alone: Double, rows: Int = 1
  ) -> Double {
    var teamPasses = 0
    var isAwake = false
    for _ in 0..<count {
      let isTeam = choice.isTeam
      choice.note(isTeam ? (isAwake ? team : 5 * team) : alone, rows: rows)
      isAwake = isTeam
      if isTeam { teamPasses += 1 }
    }
    return Double(teamPasses) / Double(count)
  }

  @Test func theFasterWayIsTakenAlmostAlways() {
    var choice = TeamChoice()
    #expect(share(&choice, 2_000, team: 1, alone: 1.9) > 0.99)
    var other = TeamChoice()
    #expect(share(&other, 2_000, team: 9, alone: 2) < 0.02)
  }

  /// Other programs come and go: the choice follows within some hundred passes.
  @Test func theChoiceFollowsTheMachine() {
    var choice = TeamChoice()
    _ = share(&choice, 500, team: 1, alone: 2)
    _ = share(&choice, 10, team: 10, alone: 2)
    #expect(share(&choice, 300, team: 10, alone: 2) < 0.2)
    _ = share(&choice, 1_100, team: 1, alone: 2)
    #expect(share(&choice, 600, team: 1, alone: 2) > 0.98)
  }

  /// A prompt of three tokens says nothing of the passes after it.
  @Test func passesOfAnotherSizeAreAnotherQuestion() {
    var choice = TeamChoice()
    _ = share(&choice, 100, team: 9, alone: 2, rows: 3)
    #expect(share(&choice, 500, team: 1, alone: 2, rows: 8) > 0.98)
  }
}

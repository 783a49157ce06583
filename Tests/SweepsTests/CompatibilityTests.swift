import Storage
import Testing

@testable import Sweeps

/// A plan as commit 1b9f94b wrote it, once its learning rates were measured: its runs must stay the same ones, or a sweep begun
/// with an earlier version would be done again.
@Suite(.timeLimit(.minutes(20))) struct CompatibilityTests {
  static let header = #"""
    {"format": 1, "settings": {"design": "isoflop", "budgets": [1000000000000.0, 3160000000000.0, 10\
    000000000000.0, 31600000000000.0], "sizes": 7, "span": 4.0, "tokens_per_parameter": 20.0, "verif\
    ication_budget": null, "context": 256, "precision": "fp32", "seeds": [1, 2, 3], "checks_rates": \
    true, "rate_scale": 1.0, "decay_fraction": 0.2, "evaluation_windows": 1024, "questions": 256}, "\
    corpus": {"path": "tales1024", "identity": "368bb43cca08e04789f1d0a31c472a7b6799826c079f236f063c\
    f34a69821316", "vocabulary": 1024, "training_tokens": 33682321, "validation_tokens": 3736739, "b\
    ytes_per_token": 3.206906436168695, "entropy_floor_bits_per_byte": 0.19911011395337772}, "rule":\
     {"lr_coefficient": 1.1834188874401563, "lr_exponent": -0.3380895144327885, "lr_cap": null, "mea\
    sured": true}, "law": {"E": 0.4425935404546201, "A": 30.408036688503312, "alpha": 0.35, "B": 93.\
    74317849379817, "beta": 0.35, "fitted": false}, "phase": "grid", "adapts": false, "settled_budge\
    ts": 1, "runs": []}
    """#
  static let ids = """
    3e41867123c6 1704527afb2b b95f989321ae 1c020c7c3020 b58ea5bdf6f6 74e8fc22e21d a3fbf2248e97
    32c91938c436 a0cc5c3fcf44 9ffd676d4ae8 6faccf727fe0 23eeb94d93ac 12822943a5de 731ced6be40d
    54745d37e5f2 5858a29cd0cc 200406316244 6f123d4e06d8 bccaf8ed2432 1a10822538c4 9c420e080a7e
    3e424c7f5399 5935a6b35026 3d44aa87d6f5 e992fcc2b4c5 bac7c0378327 38f6981524dc affe812cf891
    043431ccf54c a17a259f74fb 45155ef64c5e d68a9eef25d6
    """
  static let heldOut = "3ec7cd27cda8"

  static func plan() throws -> SweepPlan {
    try SweepPlan(
      json: JSONNode(JSONValue.parse(header.replacing("\\\n", with: ""), place: "test"), place: "test"))
  }

  @Test func anEarlierPlanKeepsItsRuns() throws {
    let plan = try Self.plan()
    #expect(plan.settings.maximumEpochs == .infinity)
    let planner = try SweepPlanner(plan)
    let runs = try planner.gridRuns(budgets: plan.settings.budgets) + planner.noiseRuns()
    #expect(runs.map(\.id) == Self.ids.split(whereSeparator: \.isWhitespace).map(String.init))
    #expect(try planner.verificationRun()?.id == Self.heldOut)
  }

  @Test func itsTextIsLargeEnoughForTheBound() throws {
    var plan = try Self.plan()
    let before = try SweepPlanner(plan).gridRuns(budgets: plan.settings.budgets)
    plan.settings.maximumEpochs = 4
    #expect(try SweepPlanner(plan).gridRuns(budgets: plan.settings.budgets) == before)
  }
}

import Foundation
import ScalingLaws
import Storage
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(20))) struct OverTrainingTests {
  /// Gadre et al. 2024, table 2: four sizes at 20 tokens per parameter and the smallest at 320, trained on RedPajama and evaluated on
  /// C4, least squares of the loss itself, predict the 1.4B run at 640 and the 7B run at 20 tokens per parameter.
  @Test(.enabled(if: SharedData.isPresent, "needs ../shared beside the checkout"))
  func fiveSmallRunsPredictThePublishedLargeOnes() throws {
    let csv = try CSVTable(file: ReferenceTables.gadre)
    let set = try #require(csv.index(of: "train_set"))
    let lines = Set(csv.records.filter { $0.fields[set] == "rpj" }.map(\.line))
    let table = try RunTable(csv, columns: RunColumns(loss: "loss_c4_val")).filter { lines.contains($0.line) }
    func ratio(_ run: TrainedRun) -> Int { Int((run.tokens / run.parameters).rounded()) }
    let small = table.rows.filter { run in
      (ratio(run) == 20 && run.parameters < 5e8) || (ratio(run) == 320 && run.parameters < 2e7)
    }
    #expect(small.count == 5)
    let fit = try LawFit(OverTraining(), small, objective: .squaredRaw)
    let published: [(size: Double, multiplier: Int, error: Printed)] = [
      (6e9, 20, "0.00732"), (1e9, 640, "0.00710"),
    ]
    for (size, multiplier, expected) in published {
      let run = try #require(
        table.rows.first { $0.parameters > size && ratio($0) == multiplier && $0.parameters < 8 * size })
      let error = abs(fit.law.loss(fit.theta, run) / run.loss - 1)
      #expect(expected.agrees(with: error), "\(error), published \(expected)")
    }
  }

  /// Weights, ties and fixed values reach the same place by different roads.
  @Test func constraintsHold() throws {
    let law = Chinchilla()
    let truth = law.theta([1.8, 400, 0.34, 900, 0.34])
    let design = Designs.crossed(sizes: [1e7, 1e8, 1e9, 1e10], ratios: [5, 20, 80, 320])
    let x = SyntheticTables(of: design, law: law, truth: truth, noise: 0.003, seed: 1).observations(0)
    let tied = try LawFit(law, x, objective: .squaredLog, constraints: Constraints(tied: [["alpha", "beta"]]))
    #expect(tied.value("alpha") == tied.value("beta") && tied.freeCount == 4)
    let over = try LawFit(OverTraining(), x, objective: .squaredLog)
    #expect(abs(tied.minimum / over.minimum - 1) <= SolverTolerance.objective)
    let fixed = try LawFit(
      law, x, objective: .squaredLog, constraints: Constraints(fixed: ["E": 1.7, "B": 900]))
    let floor = try #require(fixed.value("E"))
    #expect(abs(floor / 1.7 - 1) <= Rounding.exponential(of: log(1.7)) && fixed.minimum > 0)
    #expect(throws: (any Error).self) {
      try LawFit(law, x, constraints: Constraints(fixed: ["gamma": 1]))
    }
    #expect(throws: (any Error).self) {
      try LawFit(law, x, constraints: Constraints(tied: [["alpha", "A"]]))
    }
  }

  /// Forty starts anywhere end at the minimum that the search found.
  @Test(arguments: [Objective.huber, .squaredLog])
  func anyStartEndsAtTheSameMinimum(_ objective: Objective) throws {
    let law = Chinchilla()
    let truth = law.theta(ReferenceTables.besiroglu)
    let design = Designs.crossed(sizes: [1e7, 3e7, 1e8, 3e8, 1e9, 3e9], ratios: [3, 10, 30, 100, 300])
    let x = SyntheticTables(of: design, law: law, truth: truth, noise: 0.003, seed: 5).observations(0)
    let fit = try LawFit(law, x, objective: objective)
    let starts = (0..<40).map { i -> [Double] in
      let exponent = { (k: Int) in 0.1 + 0.9 * Double((i * 7 + k * 13) % 40) / 40 }
      return [Double(i % 5) / 2 - 1, Double(i % 7) * 3, exponent(1), Double(i % 6) * 4, exponent(2)]
    }
    let anywhere = try LawFit(
      law, x, objective: objective, effort: LawFit.Effort(gridLimit: 2, starts: 0, extraStarts: starts))
    #expect(anywhere.search.starts == 40)
    let share = objective == .huber ? SolverTolerance.huber : SolverTolerance.objective
    #expect(abs(anywhere.minimum / fit.minimum - 1) <= share)
  }
}

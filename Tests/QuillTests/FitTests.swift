import Foundation
import Quill
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(20))) struct FitTests {
  /// L = 1.7 + 400·N^-0.35 + 900·D^-0.4, exactly.
  private func table() -> RunTable {
    func loss(_ n: Double, _ d: Double) -> Double { 1.7 + 400 * pow(n, -0.35) + 900 * pow(d, -0.4) }
    let runs = (0..<5).flatMap { size in
      (0..<5).map { ratio -> TrainedRun in
        let n = 1e6 * pow(4, Double(size)), d = n * 5 * pow(3, Double(ratio))
        return TrainedRun(parameters: n, tokens: d, loss: loss(n, d))
      }
    }
    return RunTable(runs)
  }

  @Test func aLawIsRecoveredFromItsOwnTable() throws {
    let fit = try Fit(table(), refits: 20)
    #expect(fit.names == ["E", "A", "alpha", "B", "beta"])
    // Logarithms below 36, four of which make a term, round ln L by up to γ₁₄₄ in each of 25 rows. Residuals of a norm hide errors of that
    // norm times √((JᵀJ)⁻¹ₖₖ), which for this design is 31.6 at most, for ln B.
    let hidden = 2 * 25.0.squareRoot() * Rounding.gamma(4 * 36)
    for (name, truth) in [("E", 1.7), ("A", 400), ("alpha", 0.35), ("B", 900), ("beta", 0.4)] {
      #expect(abs(log(fit[name]!.value / truth)) <= 31.6 * hidden / min(truth, 1), "\(name)")
    }
    #expect(fit["gamma"] == nil)
    let best = fit.optimum(flops: 1e18)!
    // ln C, ln N and the difference are rounded, and two exponentials.
    #expect(
      abs(6 * best.parameters.value * best.tokens.value / 1e18 - 1) <= 3 * Rounding.exponential(of: log(1e18)))
    let loss = fit.loss(parameters: best.parameters.value, tokens: best.tokens.value)
    #expect(loss.value == best.loss.value)
  }

  @Test func aLawOfOneVariableHasNoOptimum() throws {
    let fit = try Fit(table(), form: .saturating, over: .tokens, refits: 20)
    #expect(fit.optimum(flops: 1e18) == nil)
  }

  @Test func tooFewRunsAreBadData() {
    let error = #expect(throws: QuillError.self) { _ = try Fit(RunTable(Array(table().rows.prefix(3)))) }
    #expect(error?.kind == .badData)
  }
}

import Foundation
import ScalingLaws
import TestSupport

/// The published tables that fits are compared with.
enum ReferenceTables {
  /// Besiroglu et al. 2024: 245 runs of Hoffmann et al., 240 of them used.
  static func chinchilla() throws -> RunTable {
    try RunTable(file: SharedData.folder.appendingPathComponent("scaling/chinchilla_epoch.csv").path)
  }

  static var gadre: String { SharedData.folder.appendingPathComponent("scaling/gadre_overtraining.csv").path }

  /// Besiroglu et al.'s published parameters, in the order E, A, α, B, β.
  static let besiroglu = [1.8172, 482.01, 0.3478, 2085.43, 0.3658]
}

/// Plain designs for synthetic tables.
enum Designs {
  /// Seven sizes within a factor of four of each budget's optimum, half-decade budgets.
  static func profiles(budgets: [Double], span: Double = 4, law: Frontier) -> [TrainedRun] {
    budgets.flatMap { budget in
      let best = law.optimum(flops: budget).parameters
      return (0..<7).map { step in
        let n = best * pow(span, Double(step - 3) / 3)
        return TrainedRun(parameters: n, tokens: budget / 6 / n, flops: budget, loss: 1)
      }
    }
  }

  /// Every size with every number of tokens per parameter.
  static func crossed(sizes: [Double], ratios: [Double]) -> [TrainedRun] {
    sizes.flatMap { size in ratios.map { TrainedRun(parameters: size, tokens: $0 * size, loss: 1) } }
  }
}

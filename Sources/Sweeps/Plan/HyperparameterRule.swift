import Formatting
import Foundation

/// Learning rate, batch and warmup of a run, from its size and length.
///
///     lr      = 0.0047 · (N / 108M)^(-1/3), at most 0.02          until the sweep has measured its own
///     batch   = 327,680 tokens · (N / 108M)^(2/3)                 but at least 500 steps in the run
///     warmup  = N tokens, but at most a tenth of the run
///
/// Source: Porian et al. 2024, arXiv:2406.19146, whose rules were fitted from 5M parameters up; the laws of others agree at
/// 1M and differ by ten times at 100k, hence the cap, and hence the measured check (`HyperparameterCheck`) that replaces
/// the first line and scales the second.
package struct HyperparameterRule: Sendable, Equatable {
  /// lr = rate · N^slope, where `measured`.
  package var coefficient = 0.0047 * pow(108e6, 1.0 / 3)
  package var exponent = -1.0 / 3
  package var cap = 0.02
  /// Multiplies the rule's batches; learning rates follow its square root where a run's batch does follow it.
  package var batchFactor = 1.0
  /// Whether the sweep's own runs decided the law.
  package var isMeasured = false

  static let fewestSteps = 500

  package init() {}

  /// A law through measured optima; nothing caps it.
  package init(measuredCoefficient: Double, exponent: Double) {
    (coefficient, self.exponent, cap, isMeasured) = (measuredCoefficient, exponent, .infinity, true)
  }

  /// The peak learning rate for a model of `parameters` at the batch of the unscaled rule.
  package func learningRate(parameters: Int) -> Double {
    // Four digits are more than anybody can measure, and keep configurations readable.
    let rate = min(cap, coefficient * pow(Double(parameters), exponent))
    return Double(String(format: "%.4g", rate)) ?? rate
  }

  /// The windows of a step for a run of about `tokens` tokens.
  package func batchWindows(parameters: Int, tokens: Double, context: Int) -> Int {
    let byRule = batchFactor * 160 * 2048 * pow(Double(parameters) / 108e6, 2.0 / 3)
    let bySteps = tokens / Double(Self.fewestSteps)
    return max(
      1, min(SizeLimits.batch.high, Int(clamped: (min(byRule, bySteps) / Double(context)).rounded(.down))))
  }

  package func warmupSteps(parameters: Int, steps: Int, tokensPerStep: Int) -> Int {
    min(parameters / tokensPerStep, steps / 10)
  }
}

import Foundation

/// The learning rate of each step: warmup, then one of four shapes.
///
///     let schedule = Schedule(.cosine, peak: 1e-3, minimum: 1e-4, warmupSteps: 100, stepCount: 2000)
///     schedule(0)      // 9.9e-6: 1e-3 · 1/101
///     schedule(100)    // 1e-3
///     schedule(1050)   // 5.5e-4: half of the way down
///
/// For step t (from 0), warmup W, count S, and x = (t − W) / (S − W):
///
///     t < W      peak · (t + 1) / (W + 1)
///     constant   peak (and custom, until a program's own rates take its place)
///     linear     minimum + (peak − minimum) · (1 − x)
///     cosine     minimum + (peak − minimum) · ½ (1 + cos πx)
///     wsd        peak until the last ⌊decayFraction · S⌋ steps, then
///                minimum + (peak − minimum) · (1 − √y), y = the part of those steps that is over
///
/// Warmup and cosine are nanoGPT's `get_lr`. The decay of warmup-stable-decay is Hägele et al.'s "1 − sqrt"
/// (arXiv:2405.18392), which they find to beat a linear one. Steps at and past the end get `minimum`
/// (`constant` and `custom`: `peak`).
package struct Schedule: Sendable, Equatable {
  package enum Shape: String, Sendable, CaseIterable {
    case constant, linear, cosine, wsd
    /// Learning rates of a program's own: ``CustomSchedule``.
    case custom

    /// What a configuration may choose: no text can say what a program computes.
    package static let allCases: [Shape] = [.constant, .linear, .cosine, .wsd]
  }

  package var shape: Shape
  package var peak: Double
  package var minimum: Double
  package var warmupSteps: Int
  package var stepCount: Int
  /// The part of the run in which warmup-stable-decay decays.
  package var decayFraction: Double

  package init(
    _ shape: Shape, peak: Double, minimum: Double = 0, warmupSteps: Int = 0, stepCount: Int,
    decayFraction: Double = 0.2
  ) {
    self.shape = shape
    self.peak = peak
    self.minimum = minimum
    self.warmupSteps = warmupSteps
    self.stepCount = stepCount
    self.decayFraction = decayFraction
  }

  /// The learning rate of the update that follows `step` finished updates.
  package func callAsFunction(_ step: Int) -> Double {
    if step < warmupSteps { return peak * Double(step + 1) / Double(warmupSteps + 1) }
    if shape == .constant || shape == .custom { return peak }
    if step >= stepCount { return minimum }
    return minimum + (peak - minimum) * height(step)
  }

  /// The updates after which warmup-stable-decay begins to decay.
  package var decayStart: Int {
    stepCount - min(Int(decayFraction * Double(stepCount)), stepCount - warmupSteps)
  }

  /// How far above `minimum` a step after warmup stands: from 1 down to 0.
  private func height(_ step: Int) -> Double {
    let progress = Double(step - warmupSteps) / Double(stepCount - warmupSteps)
    switch shape {
    case .constant, .custom: return 1
    case .linear: return 1 - progress
    case .cosine: return 0.5 * (1 + cos(.pi * progress))
    case .wsd:
      let decayed = step - decayStart
      return decayed <= 0 ? 1 : 1 - (Double(decayed) / Double(stepCount - decayStart)).squareRoot()
    }
  }
}

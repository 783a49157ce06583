import Storage

/// Learning rates of a program's own: a function of the step.
///
///     // Half as fast after every tenth of the run.
///     let halving = CustomSchedule { step, stepCount in 2e-3 * pow(0.5, Double(10 * step / stepCount)) }
///
/// A run writes down that its schedule is `custom`, not what it computes: whoever resumes it gives the schedule again.
public struct CustomSchedule: Sendable {
  private let rate: @Sendable (_ step: Int, _ stepCount: Int) -> Double

  /// - Parameter rate: the learning rate of the update that follows `step` finished updates, of `stepCount` planned ones: a
  ///   finite number of at least 0. It must be a function of its arguments alone, or no resume repeats the run.
  public init(_ rate: @escaping @Sendable (_ step: Int, _ stepCount: Int) -> Double) { self.rate = rate }

  /// - Throws: `QuillError` of kind `.usage` where the function gives no learning rate.
  func callAsFunction(_ step: Int, of stepCount: Int) throws(QuillError) -> Double {
    let rate = rate(step, stepCount)
    guard rate.isFinite, rate >= 0 else {
      throw QuillError(
        .usage, at: "custom schedule, step \(step)", "expected a finite number of at least 0, found \(rate)")
    }
    return rate
  }
}

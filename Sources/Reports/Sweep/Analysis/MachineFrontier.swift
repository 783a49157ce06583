import Foundation
import ScalingLaws
import Sweeps

/// The best model for a time on this machine, instead of for a number of FLOPs: small models use the processor worse.
package struct MachineFrontier: Sendable {
  /// Seconds, and what to train in them.
  package let choices: [(seconds: Double, choice: ArchitectureFrontier.Choice)]
  /// Why there are no choices.
  package let problem: String?

  static let durations = [60.0, 600, 3600, 28_800, 86_400]

  init(_ law: LawAnalysis?, _ calibration: Calibration, _ family: ModelFamily) {
    let known = family.members.compactMap { member -> Architecture? in
      let entries = calibration.entries.filter { $0.model == member.size.name }
      return entries.map { min($0.sideBySide, $0.together) }.min().map {
        Architecture(
          name: member.size.name, parameters: Double(member.parameters), flopsPerToken: member.cost.exact,
          secondsPerToken: $0)
      }
    }
    guard let law, known.count >= 2 else {
      choices = []
      problem =
        law == nil
        ? "It needs a fitted law." : "The calibration in the folder knows the speed of \(known.count) sizes."
      return
    }
    problem = nil
    let frontier = ArchitectureFrontier(law.fit.law, law.fit.theta, known)
    choices = Self.durations.compactMap { seconds in
      frontier.best(.seconds(seconds)).map { (seconds, $0) }
    }
  }
}

import Compute
import Kernels
import Storage
import Training

/// What each run of a plan, and the whole of it, will take on this machine.
package struct SweepEstimate: Sendable {
  package struct Row: Sendable {
    package let run: PlannedRun
    package let member: ModelFamily.Member
    /// D / N, with N all parameters.
    package var tokensPerParameter: Double { Double(run.tokens) / Double(member.parameters) }
    /// Exact training FLOPs, from the beginning.
    package var flops: Double { member.cost.exact * Double(run.tokens) }
    /// Exact training FLOPs that this run itself spends.
    package var ownFLOPs: Double { member.cost.exact * Double(run.ownTokens) }
    package var epochs: Double
    package var predictedLoss: Double
    package var threads: Int
    package var seconds: Double
  }

  package let rows: [Row]
  package let cores: Int

  /// - Parameters:
  ///   - calibration: gains what had to be measured.
  ///   - measuring: told the name of each model before it is measured.
  package init(
    _ plan: SweepPlan, calibration: inout Calibration, cores: Int = WorkerPool.processorCount,
    measuring: (String) -> Void = { _ in }
  ) throws {
    let family = try ModelFamily(
      context: plan.settings.context, vocabularySize: plan.corpus.vocabularySize)
    self.cores = cores
    let evaluated = min(
      plan.settings.evaluationWindows * plan.settings.context, plan.corpus.validationTokens)
    rows = try plan.runs.map { run in
      guard let member = family.member(run.size) else {
        throw QuillError(.badData, at: "plan.json", "the model \(run.size.name) is not of this family")
      }
      let settings = run.configuration.train
      let entry = try calibration.entry(
        member, batch: settings.batch, precision: settings.precision.definite, cores: cores,
        measuring: measuring)
      let threads = run.role == .verification ? entry.threadsAlone : entry.threads
      // An evaluated token costs a third of a trained one.
      let tokens = Double(run.ownTokens) + Double(evaluated) / 3
      return Row(
        run: run, member: member, epochs: Double(run.tokens) / Double(max(1, plan.corpus.trainingTokens)),
        predictedLoss: plan.law.loss(parameters: Double(member.parameters), tokens: Double(run.tokens)),
        threads: threads,
        seconds: tokens * entry.secondsPerToken(threads: threads) + Calibration.secondsPerRun)
    }
  }

  package var flops: Double { rows.reduce(0) { $0 + $1.ownFLOPs } }

  /// Wall-clock seconds of some rows at once: those on one thread share the cores, the others take turns.
  private func secondsAtOnce(_ rows: [Row]) -> Double {
    let shared = rows.filter { $0.threads < cores }
    let alone = rows.filter { $0.threads >= cores }.reduce(0) { $0 + $1.seconds }
    let sum = shared.reduce(0) { $0 + $1.seconds }
    let longest = shared.map(\.seconds).max() ?? 0
    return alone + max(sum / Double(cores), longest)
  }

  /// Wall-clock seconds of some rows in a phase.
  private func seconds(of rows: [Row], in phase: SweepPlan.Phase) -> Double {
    secondsAtOnce(rows.filter { $0.run.role.phase == phase })
  }

  /// Wall-clock seconds of some rows: phases one after the other.
  package func seconds(of rows: [Row]) -> Double {
    SweepPlan.Phase.allCases.reduce(0.0) { $0 + seconds(of: rows, in: $1) }
  }

  /// Wall-clock seconds of a phase.
  package func seconds(of phase: SweepPlan.Phase) -> Double { seconds(of: rows, in: phase) }

  /// Wall-clock seconds of the whole plan.
  package var seconds: Double { seconds(of: rows) }
}

import Formatting
import CommandLineKit
import Compute
import Foundation
import ScalingLaws

/// How to fit.
struct FittingOptions: ArgumentGroup {
  enum Loss: String, CaseIterable, ArgumentValue {
    case huber, lad
    case logMSE = "log-mse"
    case mse
  }

  enum Starts: String, CaseIterable, ArgumentValue { case published }

  enum Resampling: String, CaseIterable, ArgumentValue { case pairs, cluster, wild }

  @Option(help: "huber (sum over ln L), lad (least absolute), log-mse or mse (of L).") var objective = Loss
    .huber
  @Option(placeholder: "d", help: "Where the Huber loss turns linear.", where: .above(0, atMost: 1e6))
  var delta = 1e-3
  @Option(
    placeholder: "w", help: "Weigh predictions above the data this many times (1: symmetric).",
    where: .above(0, atMost: 1e6))
  var overestimatePenalty = 1.0
  @Option(help: "How rows count beside the column of weights: equal, or sqrt-compute (√C, large runs more).")
  var weigh = Weighting.equal
  @Option(
    placeholder: "a=b", help: "Give two parameters one value; may be repeated.")
  var tie: [String] = []
  @Option(placeholder: "name=value", help: "Hold a parameter at a value; may be repeated.") var fix: [String] =
    []
  @Option(
    placeholder: "count", help: "Refits of resampled tables behind the intervals.",
    where: .within(20...100_000))
  var bootstrap = 200
  @Option(help: "What is resampled: pairs (rows), cluster (model sizes) or wild (residuals by size).")
  var resample = Resampling.pairs
  @Option(placeholder: "seed", help: "Seed of the resampling.") var seed: UInt64 = 1
  @Option(
    placeholder: "count", help: "Threads; 0 means one per core.", where: .within(0...WorkerPool.threadLimit))
  var threads = 0
  @Option(
    placeholder: "flops", help: "Leave runs above this compute out of the fit, and predict them.",
    where: .within(SizeLimits.quantity))
  var holdout: Double?
  @Option(
    placeholder: "ratio", help: "Leave out runs with fewer tokens per parameter.",
    where: .within(SizeLimits.quantity))
  var minRatio: Double?
  @Flag(help: "Fit every form, ranked by BIC, with errors on held-out runs.") var compare = false
  @Flag(help: "Profile likelihood of every parameter, a, and N*, D*, L at --predict-at.") var profile = false
  @Option(
    placeholder: "unit", help: "Fit again without each size, or each run, and show how far the exponent moves.")
  var leaveOut: LeaveOut.Unit?
  @Option(
    placeholder: "grid",
    help:
      "Minimise from 'published' starts as well (the 4,500 of Hoffmann et al. 2022), and count where they end.")
  var starts: Starts?

  var constraints: Constraints {
    get throws {
      var result = Constraints()
      for text in fix {
        let parts = text.split(separator: "=", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, let value = NumberText.number(parts[1]) else {
          throw UsageError("The value '\(text)' is invalid for '--fix <name=value>': expected such as E=1.69.")
        }
        result.fixed[parts[0]] = value
      }
      for text in tie {
        let parts = text.split(separator: "=", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, !parts.contains("") else {
          throw UsageError("The value '\(text)' is invalid for '--tie <a=b>': expected such as alpha=beta.")
        }
        result.tied.append(parts)
      }
      return result
    }
  }

  func apply(to settings: inout FitSettings) throws {
    let kind: Objective.Kind =
      switch objective {
      case .huber: .huber(delta: delta)
      case .lad: .absolute
      case .logMSE: .squaredLog
      case .mse: .squaredRaw
      }
    settings.objective = Objective(kind, overestimatePenalty: overestimatePenalty)
    settings.weighting = weigh
    settings.constraints = try constraints
    settings.draws = bootstrap
    settings.resampling = Bootstrap.Kind(rawValue: resample.rawValue) ?? .pairs
    settings.seed = seed
    settings.threads = threads == 0 ? WorkerPool.processorCount : threads
    settings.holdout = holdout
    settings.minimumRatio = minRatio
    settings.compares = compare
    settings.profiles = profile
    settings.leavesOut = leaveOut
    settings.triesPublishedStarts = starts == .published
  }
}

/// What to answer.
struct QuestionOptions: ArgumentGroup {
  @Option(
    placeholder: "flops", help: "Show the frontier at this compute; may be repeated.",
    where: .within(SizeLimits.quantity))
  var predictAt: [Double] = []
  @Option(
    placeholder: "loss", help: "How much compute reaches this loss; may be repeated.",
    where: .within(SizeLimits.quantity))
  var targetLoss: [Double] = []
  @Option(
    placeholder: "n", help: "A model of given size: tokens for --target-loss; may be repeated.",
    where: .within(SizeLimits.quantity))
  var fixedParams: [Double] = []
  @Option(
    placeholder: "n",
    help: "A corpus of given size: parameters for --target-loss, best size at --predict-at; may be repeated.",
    where: .within(SizeLimits.quantity))
  var fixedTokens: [Double] = []
  @Option(
    placeholder: "table",
    help: "How much more compute the recipe of another table needs, at --target-loss or three losses of both.")
  var against: String?

  func apply(to settings: inout FitSettings) {
    settings.targets = predictAt
    settings.targetLosses = targetLoss
    settings.fixedParameters = fixedParams
    settings.fixedTokens = fixedTokens
  }
}

/// The names of the table's columns; the usual ones are found without.
struct ColumnOptions: ArgumentGroup {
  @Option(placeholder: "name", help: "Parameters N.") var paramsColumn: String?
  @Option(placeholder: "name", help: "Training tokens D.") var tokensColumn: String?
  @Option(placeholder: "name", help: "Training compute C, in FLOPs.") var flopsColumn: String?
  @Option(placeholder: "name", help: "Final loss.") var lossColumn: String?
  @Option(placeholder: "name", help: "0 leaves a row out.") var usedColumn: String?
  @Option(placeholder: "name", help: "A row's weight in the objective, such as 1/variance.") var weightColumn:
    String?
  @Option(placeholder: "name", help: "Distinct tokens, where runs repeat their corpus.") var uniqueColumn:
    String?

  var names: RunColumns {
    RunColumns(
      parameters: paramsColumn, tokens: tokensColumn, flops: flopsColumn, loss: lossColumn, used: usedColumn,
      weight: weightColumn, uniqueTokens: uniqueColumn)
  }
}

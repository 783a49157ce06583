import CommandLineKit
import Compute
import Formatting
import Foundation
import Kernels
import ScalingLaws
import Storage
import Sweeps
import Training

/// `quill sweep plan`
struct SweepPlanCommand: Command {
  static let configuration = CommandConfiguration(
    "plan", abstract: "Decide which models to train on how many tokens, and say what that takes.",
    discussion: """
      Designs: isoflop trains several sizes at each of several compute budgets; wsd trains each size once at a constant \
      learning rate, and decays from there to every budget; ratio trains every size on a fixed number of tokens per \
      parameter. Seconds are from a calibration on this machine, kept in the folder; no run is started.

      Presets for --preset:
      \(presetLines)
      """,
    examples: [
      .init("Minutes on two cores", "quill sweep plan sweeps/tales --corpus corpora/tales --preset quick"),
      .init(
        "As much as fits into two hours", "quill sweep plan sweeps/tales --corpus corpora/tales --budget 2h"),
    ])

  private static var presetLines: String {
    Table(SweepPreset.all.map { [$0.name, $0.summary] }).rendered(indent: 2).trimmingCharacters(in: .newlines)
  }

  enum Design: String, CaseIterable, ArgumentValue { case isoflop, wsd, ratio }

  @Argument(help: "The sweep's folder, such as sweeps/NAME.") var sweep: String
  @Option(placeholder: "folder", help: "The packed corpus.") var corpus: String
  @Option(placeholder: "name", help: "The ladder of compute budgets: quick if nothing else is given.")
  var preset: String?
  @Option(
    placeholder: "duration", help: "The largest ladder that fits this time on this machine, such as 30min.",
    where: .within(.zero ... .seconds(3650 * 86_400)))
  var budget: Duration?
  @Option(
    placeholder: "count", help: "The largest ladder whose runs together take so many FLOPs.",
    where: .within(1...1e24))
  var flops: Double?
  @Option(
    "at", placeholder: "FLOPs", help: "A compute budget of a run; repeat it, ascending. Instead of a ladder.",
    where: .within(SizeLimits.runFLOPs))
  var budgets: [Double] = []
  @Option(help: "How sizes and tokens are combined: isoflop, wsd or ratio.") var design = Design.isoflop
  @Option(placeholder: "count", help: "Sizes at each budget.", where: .within(SweepSettings.sizeCounts))
  var sizes = 7
  @Option(
    placeholder: "factor", help: "How far sizes reach to either side of the predicted optimum.",
    where: .within(SweepSettings.spans))
  var span = 4.0
  @Option(
    placeholder: "ratio", help: "Tokens per parameter of the ratio design.",
    where: .within(SweepSettings.ratios))
  var tokensPerParameter = 20.0
  @Option(
    "seed", placeholder: "number",
    help: "A seed; repeat it. The first is every run's, all are used for the noise. 1, 2 and 3 if not given.",
    where: .within(0...Int.max))
  var seeds: [Int] = []
  @Option(
    placeholder: "count",
    help: "How often a run may see the training text; budgets and sizes that would see it more "
      + "often are left out or replaced.", where: .within(SweepSettings.ratios))
  var maxEpochs = 4.0
  @Option(
    placeholder: "FLOPs",
    help: "Size of the held-out run; 10 times the largest budget if not given, 0 for none.",
    where: .within(SweepSettings.verificationBudgets))
  var verifyAt: Double?
  @Option(placeholder: "tokens", help: "Window length of every model.", where: .within(SweepSettings.contexts))
  var context = 256
  @Option(help: "The number format: auto, fp32 or bf16.") var precision = Precision.Choice.auto
  @Option(
    placeholder: "factor", help: "Multiplies the rule's learning rates.", where: .within(SweepSettings.ratios))
  var lrScale = 1.0
  @Flag(help: "Trust the rule of learning rates; no runs to check it.") var noRateCheck = false
  @Option(
    placeholder: "windows",
    help: "Windows of the validation split to judge by; as many as keep a run's own error below a third of "
      + "the noise if not given.",
    where: .within(SweepSettings.evaluationWindowCounts))
  var evalWindows: Int?
  @Option(
    placeholder: "count", help: "Questions of the tales to ask every model; the preset's if not given.",
    where: .within(SweepSettings.questionCounts))
  var questions: Int?
  @Flag(help: "Replace the folder's plan; runs that both have keep their records.") var replace = false
  @Flag(help: "Print the result as one JSON object.") var json = false

  func validate() throws {
    if budget != nil, flops != nil { throw UsageError("'--budget' and '--flops' exclude each other.") }
    if preset != nil, budget != nil || flops != nil {
      throw UsageError("'--preset' excludes '--budget' and '--flops'.")
    }
    if !budgets.isEmpty, budget != nil || flops != nil {
      throw UsageError("'--at' excludes '--budget' and '--flops'.")
    }
  }

  func run() throws {
    let folder = SweepFolder(sweep)
    if !replace { try folder.requireNoPlan() }
    let limit = budget.map { SweepDraft.Limit.seconds($0.inSeconds) } ?? flops.map { .flops($0) }
    let text = try SweepCorpus(opening: corpus)
    var draft = SweepDraft(settings: try settings(text), limit: limit, corpus: text)
    draft.raisesLowest = budgets.isEmpty && limit == nil
    var calibration = try folder.knownCalibration()
    var line = ProgressLine()
    defer { line.clear() }
    let outcome = try draft.plan(calibration: &calibration) { name in
      // Each takes a second or two: a line for each, so that nobody waits in silence.
      line.show(force: true) { "measuring how fast \(name) trains" }
    }
    line.clear()
    try folder.begin(outcome.plan, calibration, replacing: replace)
    let precision = ExpectedPrecision(of: outcome.plan, noise: EvaluationNoise.assumedSeedNoise)
    writeResult(json: json, outcome.json(precision), text: outcome.summary(precision, folder: sweep))
  }

  private func settings(_ text: SweepCorpus) throws -> SweepSettings {
    let preset = try SweepPreset.named(preset ?? "quick")
    var settings = SweepSettings(
      budgets: budgets.isEmpty ? preset.budgets : budgets,
      precision: precision.definite == .bf16 ? .bf16 : .fp32)
    settings.design = SweepSettings.Design(rawValue: design.rawValue)!
    settings.sizesPerBudget = sizes
    settings.span = span
    settings.tokensPerParameter = tokensPerParameter
    settings.maximumEpochs = maxEpochs
    settings.verificationBudget = verifyAt
    settings.context = context
    if !seeds.isEmpty { settings.seeds = seeds }
    settings.rateScale = lrScale
    settings.checksRates = !noRateCheck
    settings.evaluationWindows =
      evalWindows ?? EvaluationNoise.windows(context: context, validationTokens: text.validationTokens)
    settings.questions = questions ?? preset.questions
    return settings
  }
}

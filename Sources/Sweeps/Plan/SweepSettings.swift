import Compute
import Formatting
import Foundation
import Kernels
import Insight
import Storage
import Training

/// What a sweep's user decides; everything else follows from it, the corpus and the machine.
package struct SweepSettings: Sendable, Equatable {
  /// How models and token counts are combined.
  package enum Design: String, Sendable, CaseIterable {
    /// Several sizes at each of several compute budgets.
    case isoflop
    /// One long run per size at a constant learning rate, and a decay from it to each budget.
    case wsd
    /// Every size trained on the same number of tokens per parameter.
    case ratio
  }

  package var design = Design.isoflop
  /// Training FLOPs of a run, ascending, half a decade apart.
  package var budgets: [Double]
  /// Sizes at each budget, and how far from the predicted optimum they reach, as a factor.
  package var sizesPerBudget = 7
  package var span = 4.0
  /// D / N in the `ratio` design.
  package var tokensPerParameter = 20.0
  /// How often a run may see the training text; infinite in plans made before there was a bound.
  ///
  /// Up to four times is nearly as good as fresh text (Muennighoff et al. 2023, arXiv:2305.16264).
  package var maximumEpochs = 4.0
  /// FLOPs of the held-out run; nil means ten times the largest budget, 0 none.
  package var verificationBudget: Double?
  package var context = 256
  package var precision: Precision.Choice
  /// The first is that of every run; all of them those of the repeated ones.
  package var seeds = [1, 2, 3]
  /// Whether learning rates are tried before the rest runs.
  package var checksRates = true
  /// Multiplies the rule's learning rates.
  package var rateScale = 1.0
  /// The part of a run in which the `wsd` schedule decays.
  package var decayFraction = 0.2
  /// Windows of the validation split that every run is judged by.
  package var evaluationWindows = 512
  /// Questions of the tales that every run is asked, where the corpus is made of tales.
  package var questions = 128

  package init(budgets: [Double], precision: Precision.Choice) {
    self.budgets = budgets
    self.precision = precision
  }

  /// What the held-out run may cost, where there is one.
  package var verificationFLOPs: Double? {
    let flops = verificationBudget ?? 10 * (budgets.last ?? 0)
    return flops > 0 ? flops : nil
  }

  /// The numbers that can be asked for.
  package static let seedRange = NumberRange.within(0...Int.max)
  package static let contexts = NumberRange.within(8...65_536)
  package static let evaluationWindowCounts = NumberRange.within(2...1_000_000_000)
  package static let questionCounts = QuestionScore.counts
  package static let sizeCounts = NumberRange.within(1...15)
  package static let decayFractions = NumberRange.within(0.0...1)
  package static let spans = NumberRange.within(1.0...64)
  /// Of tokens per parameter, passes over the text, and the learning rates' scale.
  package static let ratios = NumberRange.within(1e-6...1e6)
  package static let verificationBudgets = NumberRange.within(0...SizeLimits.runFLOPs.high)

  /// - Throws: `QuillError` of kind `.usage` that names the offending option.
  package func validate() throws(QuillError) {
    func require(_ condition: Bool, _ name: String, _ problem: String) throws(QuillError) {
      if !condition { throw QuillError(.usage, at: Vocabulary.parameter(name), problem) }
    }
    func require(_ value: Int, _ range: NumberRange<Int>, _ option: String) throws(QuillError) {
      try require(range.contains(value), option, "expected \(range.expectation), found \(value)")
    }
    func require(_ value: Double, _ range: NumberRange<Double>, _ option: String) throws(QuillError) {
      try require(range.contains(value), option, "expected \(range.expectation), found \(value)")
    }
    try require(!budgets.isEmpty, "flops", "there is no compute budget")
    for budget in budgets { try require(budget, SizeLimits.runFLOPs, "flops") }
    try require(budgets == budgets.sorted(), "flops", "must ascend")
    try require(sizesPerBudget, Self.sizeCounts, "sizes")
    try require(span, Self.spans, "span")
    try require(!seeds.isEmpty, "seeds", "there is no seed")
    for seed in seeds { try require(seed, Self.seedRange, "seeds") }
    try require(Set(seeds).count == seeds.count, "seeds", "a seed occurs twice")
    try require(rateScale, Self.ratios, "learningRateScale")
    try require(tokensPerParameter, Self.ratios, "tokensPerParameter")
    if maximumEpochs != .infinity { try require(maximumEpochs, Self.ratios, "maximumEpochs") }
    if let verificationBudget { try require(verificationBudget, Self.verificationBudgets, "verifyAt") }
    try require(evaluationWindows, Self.evaluationWindowCounts, "evaluationWindows")
    try require(questions, Self.questionCounts, "questions")
    try require(context, Self.contexts, "context")
    try require(decayFraction, Self.decayFractions, "decayFraction")
  }
}

extension SweepSettings: JSONReadable, JSONConvertible {
  package var json: JSONValue {
    [
      "design": .string(design.rawValue), "budgets": JSONValue(budgets), "sizes": .integer(sizesPerBudget),
      "span": .number(span), "tokens_per_parameter": .number(tokensPerParameter),
      "max_epochs": JSONValue(maximumEpochs),
      "verification_budget": verificationBudget.map { .number($0) } ?? .null, "context": .integer(context),
      "precision": .string(precision.rawValue), "seeds": JSONValue(seeds), "checks_rates": .bool(checksRates),
      "rate_scale": .number(rateScale), "decay_fraction": .number(decayFraction),
      "evaluation_windows": .integer(evaluationWindows), "questions": .integer(questions),
    ]
  }

  package init(json node: JSONNode) throws(QuillError) {
    func choice<Choice: RawRepresentable<String>>(_ key: String) throws(QuillError) -> Choice {
      let name: String = try node.value(key)
      guard let choice = Choice(rawValue: name) else { throw node.error("unknown \(key) '\(name)'") }
      return choice
    }
    self.init(budgets: try node.values("budgets", in: SizeLimits.runFLOPs), precision: try choice("precision"))
    guard budgets == budgets.sorted() else { throw node.error("budgets must ascend") }
    design = try choice("design")
    sizesPerBudget = try node.value("sizes", in: Self.sizeCounts)
    span = try node.value("span", in: Self.spans)
    tokensPerParameter = try node.value("tokens_per_parameter", in: Self.ratios)
    maximumEpochs = try node.valueIfPresent("max_epochs", in: Self.ratios) ?? .infinity
    verificationBudget = try node.valueIfPresent("verification_budget", in: Self.verificationBudgets)
    context = try node.value("context", in: Self.contexts)
    seeds = try node.values("seeds", in: Self.seedRange)
    checksRates = try node.value("checks_rates")
    rateScale = try node.value("rate_scale", in: Self.ratios)
    decayFraction = try node.value("decay_fraction", in: Self.decayFractions)
    evaluationWindows = try node.value("evaluation_windows", in: Self.evaluationWindowCounts)
    questions = try node.value("questions", in: Self.questionCounts)
  }
}

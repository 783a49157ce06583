import Formatting
import Compute
import Foundation
import Storage
import Training
import Transformer

/// How fast this machine trains each size: one process per core, or one with all threads.
///
/// Kept in the sweep's folder, measured again where another number of cores or another batch asks.
package struct Calibration: Sendable, Equatable {
  package struct Entry: Sendable, Equatable {
    package var model: String
    package var batch: Int
    package var precision: String
    package var cores: Int
    /// Seconds that one of `cores` models, each on a thread of its own and all at work, takes for a token.
    package var sideBySide: Double
    /// Seconds that one model with all threads takes for a token.
    package var together: Double

    /// Whether more gets done with one run per core than with all cores on one run.
    package var prefersSideBySide: Bool { sideBySide / Double(cores) <= together }
    /// Threads of a run among many.
    package var threads: Int { prefersSideBySide ? 1 : cores }
    /// Threads of a run that has the machine to itself.
    package var threadsAlone: Int { sideBySide <= together ? 1 : cores }

    /// Seconds that a token takes on so many threads.
    package func secondsPerToken(threads: Int) -> Double { threads == 1 ? sideBySide : together }
  }

  package private(set) var entries: [Entry] = []

  package init() {}

  /// What starting a process, opening the corpus and writing the records takes.
  static let secondsPerRun = 0.25

  private static let steps = 20
  private static let secondsPerMode = 0.25
  /// Tokens in a measured step: as fast per token as a larger one, and sooner done.
  private static let tokensPerStep = 4096

  /// The entry of a model, measured where there is none yet.
  ///
  /// - Parameters:
  ///   - batch: windows of a run's step; less is measured where that is many tokens.
  ///   - measuring: told the model's name before a measurement.
  /// - Throws: `QuillError` of kind `.usage` where the memory is too small to measure.
  mutating func entry(
    _ member: ModelFamily.Member, batch: Int, precision: Precision, cores: Int = WorkerPool.processorCount,
    measuring: (String) -> Void = { _ in }
  ) throws -> Entry {
    let context = member.configuration.contextLength
    let batch = max(1, min(batch, Self.tokensPerStep / context))
    if let known = entries.first(where: {
      $0.model == member.size.name && $0.batch == batch && $0.precision == precision.rawValue
        && $0.cores == cores
    }) {
      return known
    }
    let memory = TrainingStep.plannedBytes(
      member.configuration, precision: precision, batchSize: batch, length: context, threadCount: 1)
    try MemoryNeed.require(
      cores * memory.total, for: "training \(cores) models \(member.size.name) side by side",
      remedy: "Lower \(Vocabulary.parameter("context")), or the budgets.")
    measuring(member.size.name)
    let tokens = Double(batch * context)
    let sideBySide =
      try SpeedProbe.secondsPerStep(
        sideBySide: cores, member.configuration, precision: precision, batchSize: batch, steps: Self.steps,
        within: Self.secondsPerMode) / tokens
    let together =
      cores == 1
      ? sideBySide
      : try SpeedProbe(member.configuration, precision: precision, batchSize: batch, threadCount: cores)
        .secondsPerStep(steps: Self.steps, within: Self.secondsPerMode) / tokens
    let entry = Entry(
      model: member.size.name, batch: batch, precision: precision.rawValue, cores: cores,
      sideBySide: sideBySide,
      together: together)
    entries.append(entry)
    return entry
  }
}

extension Calibration: JSONReadable, JSONConvertible {
  package var json: JSONValue {
    [
      "format": 1,
      "entries": .array(
        entries.map {
          [
            "model": .string($0.model), "batch": .integer($0.batch), "precision": .string($0.precision),
            "cores": .integer($0.cores), "seconds_per_token_side_by_side": .number($0.sideBySide),
            "seconds_per_token_together": .number($0.together), "threads": .integer($0.threads),
          ]
        }),
    ]
  }

  package init(json node: JSONNode) throws(QuillError) {
    let format: Int = try node.value("format")
    guard format == 1 else {
      throw node.error("expected format 1, found \(format)", remedy: "Remove the file.")
    }
    for entry in try node.value("entries", as: [JSONNode].self) {
      entries.append(
        Entry(
          model: try entry.value("model"), batch: try entry.value("batch", in: SizeLimits.batch),
          precision: try entry.value("precision"), cores: try entry.value("cores", in: .within(1...65_536)),
          sideBySide: try entry.value("seconds_per_token_side_by_side", in: .within(0...1e6)),
          together: try entry.value("seconds_per_token_together", in: .within(0...1e6))))
    }
  }
}

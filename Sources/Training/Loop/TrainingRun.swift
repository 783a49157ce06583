import Foundation
import Storage

/// One training run, from options to outcome: what `quill train` does.
public final class TrainingRun {
  public let options: TrainingOptions

  /// Reads the configuration, the corpus and, on a resume, the newest checkpoint, and makes the plan.
  /// Nothing is written and no large memory is taken.
  ///
  /// - Throws: `QuillError`: `.usage` for a bad option or key, or a plan that does not fit in memory;
  ///   `.missingInput`; `.badData` for a damaged corpus or checkpoint.
  public init(_ options: TrainingOptions, reporter: any TrainingReporter) throws {
    self.options = options
  }

  /// Trains to the end, or until a signal, saving on the way.
  ///
  /// - Parameter interruption: asked after every step; a signal number ends the run after saving.
  /// - Throws: `QuillError`: `.badData` when the loss ceases to be finite (the last good checkpoint stays),
  ///   `.inputOutput` when a save fails (the old checkpoints stay).
  public func run(interruption: () -> Int32? = { TerminationSignals.received }) throws -> TrainingOutcome {
    fatalError("not written yet")
  }
}

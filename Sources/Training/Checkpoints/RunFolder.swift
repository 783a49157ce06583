import Foundation
import Storage

/// A run's folder, such as `checkpoints/NAME`, and the checkpoints in it (`docs/formats/checkpoint.md`).
///
///     checkpoints/NAME/
///       run.json  metrics.jsonl  loss.svg  loss.png  loss.dat
///       step-00000500/                  a checkpoint: a Hugging Face folder, training/ and manifest.sha256
///       step-00001000/
///       best -> step-00000500           the one link that changes
///       config.json -> best/config.json, and so for the other files of a Hugging Face folder
///
/// A checkpoint becomes visible by one rename, and another one the best by one rename of the link, so that whoever
/// loads the run folder never sees files of two checkpoints. Links are hints: what a checkpoint is worth is written
/// in it, and discovery lists the folder.
package struct RunFolder: Sendable {
  package let path: String

  package init(_ path: String) { self.path = path }

  package init(_ url: URL) { self.init(url.relativePath) }

  /// The run's configuration, plan and outcome (`docs/formats/metrics.md`).
  static let recordName = "run.json"
  static let bestLinkName = "best"
  static let plainFileNames = [
    "config.json", "generation_config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json",
  ]

  package func file(_ name: String) -> String { FilePath.join(path, name) }
  package var metricsPath: String { file(MetricsFile.name) }

  /// The folder of a step's checkpoint, whether or not it exists.
  package func checkpointPath(step: Int) -> String {
    let digits = String(step)
    return file("step-" + String(repeating: "0", count: max(0, 8 - digits.count)) + digits)
  }

  /// The steps that have a checkpoint, ascending.
  package func steps() throws(QuillError) -> [Int] {
    guard FilePath.isFolder(path) else { return [] }
    return try FilePath.list(path).compactMap { name in
      guard name.hasPrefix("step-"), let step = Int(name.dropFirst(5)), step >= 0,
        file(name) == checkpointPath(step: step), FilePath.isFolder(file(name))
      else { return nil }
      return step
    }.sorted()
  }

  /// The state that a checkpoint holds; its other files are not looked at.
  func state(step: Int) throws(QuillError) -> TrainingState {
    try TrainingState(json: JSONNode(file: FilePath.join(checkpointPath(step: step), "training/state.json")))
  }

  /// Whether the run that left a model folder attended within documents; false for other programs' folders.
  static func usesDocumentMask(_ modelFolder: String) throws(QuillError) -> Bool {
    let path = FilePath.join(modelFolder, "training/state.json")
    guard FilePath.exists(path) else { return false }
    return try TrainingState(json: JSONNode(file: path)).configuration.train.documentMask
  }

  /// The step with the lowest validation loss: what the newest checkpoint says, where that step's checkpoint is
  /// there, and otherwise the newest.
  package func bestStep() throws(QuillError) -> Int? {
    let steps = try steps()
    guard let newest = steps.last else { return nil }
    if let best = try state(step: newest).bestStep, steps.contains(best) { return best }
    return newest
  }

  /// The complete model folder that `url` stands for, verified against its manifest where it has one: the best
  /// checkpoint of a run folder, or `url` itself where it is a step or any other Hugging Face folder.
  ///
  /// - Parameter step: picks a step of a run folder instead of the best.
  /// - Throws: `QuillError`: `.missingInput` where there is none, `.badData` where it is damaged.
  package static func modelFolder(at url: URL, step: Int? = nil) throws(QuillError) -> URL {
    URL(filePath: try modelFolder(at: url.relativePath, step: step), directoryHint: .isDirectory)
  }

  static func modelFolder(at path: String, step: Int? = nil) throws(QuillError) -> String {
    guard FilePath.exists(path) else {
      throw QuillError(
        .missingInput, at: path, "no such checkpoint",
        remedy: "Train one with \(Vocabulary.task(.train(output: path))).")
    }
    let run = RunFolder(path)
    let steps = try run.steps()
    if let step {
      guard steps.contains(step) else {
        let found = steps.isEmpty ? "none" : steps.map(String.init).joined(separator: ", ")
        throw QuillError(.missingInput, at: path, "no checkpoint of step \(step); there are \(found)")
      }
      return try verified(run.checkpointPath(step: step))
    }
    if let best = try run.bestStep() { return try verified(run.checkpointPath(step: best)) }
    guard FilePath.exists(run.file("config.json")) else {
      throw QuillError(
        .missingInput, at: path, "holds no checkpoint and no config.json",
        remedy: "Name a folder that \(Vocabulary.task(.train())) wrote, or a Hugging Face folder.")
    }
    return try verified(path)
  }

  /// Checks a folder that has a manifest; one without is somebody else's and passes.
  ///
  /// - Parameter withState: whether what only training goes on from will be read too: three times the weights.
  private static func verified(_ folder: String, withState: Bool = false) throws(QuillError) -> String {
    guard FilePath.exists(FilePath.join(folder, FolderManifest.fileName)) else {
      guard !FilePath.exists(FilePath.join(folder, "training")) else {
        throw QuillError(.badData, at: folder, "the manifest is missing", remedy: damageRemedy(folder))
      }
      return folder
    }
    do throws(QuillError) {
      try FolderManifest.verify(folder) { withState || !$0.hasPrefix("training/") }
    } catch {
      throw QuillError(error.kind, at: error.place, error.problem, remedy: damageRemedy(folder))
    }
    return folder
  }

  /// Verifies a step's checkpoint.
  func verify(step: Int) throws(QuillError) {
    _ = try Self.verified(checkpointPath(step: step), withState: true)
  }

  private static func damageRemedy(_ folder: String) -> String {
    "Remove \(folder) to go on from another checkpoint."
  }
}

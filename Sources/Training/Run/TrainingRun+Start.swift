import Compute
import Foundation
import Kernels
import Storage

extension TrainingRun {
  /// Where a run begins: at step 0 of a new folder, or at the newest checkpoint of an old one.
  struct Start {
    var data: TrainingData
    var state: TrainingState
    var isResumed: Bool
    /// Held from here on where the folder existed.
    var lock: FileLock?
    var notices: [String] = []

    /// - Throws: see `TrainingRun.init`.
    init(_ options: TrainingOptions, folder: RunFolder) throws {
      if options.resume, try Self.canResume(folder) {
        self = try Self(resuming: folder, options)
      } else {
        if !options.resume { try Self.requireFresh(folder) }
        self = try Self(anew: options)
        if options.resume { notices.append("\(folder.path) holds no checkpoint yet: starting at step 0") }
      }
    }

    private init(anew options: TrainingOptions) throws {
      guard let corpus = options.corpus else {
        throw QuillError(
          .usage, at: Vocabulary.parameter("corpus"), "a new run needs a corpus",
          remedy: "Make one with \(Vocabulary.task(.packCorpus())).")
      }
      let configuration = try RunConfiguration(options: options).scheduled(options.customSchedule)
      data = try TrainingData(corpus.relativePath)
      state = TrainingState(
        configuration: try configuration.resolved(for: data.size).withDefinitePrecision, corpusPath: data.path,
        corpusIdentity: data.identity)
      isResumed = false
    }

    private init(
      resuming folder: RunFolder, _ options: TrainingOptions
    )
      throws
    {
      guard options.preset == nil, options.depth == nil else {
        throw QuillError(
          .usage, at: Vocabulary.parameter("resuming"), "a resumed run keeps its preset",
          remedy: "Leave out \(Vocabulary.parameter("preset")) and \(Vocabulary.parameter("depth")).")
      }
      lock = try folder.lock()
      try folder.recover()
      let step = try folder.steps().last!
      try folder.verify(step: step)
      state = try folder.state(step: step)
      guard state.step == step else {
        throw QuillError(
          .badData, at: folder.checkpointPath(step: step), "holds the state of step \(state.step), not \(step)")
      }
      data = try TrainingData(options.corpus?.relativePath ?? state.corpusPath)
      guard data.identity == state.corpusIdentity else {
        throw QuillError(
          .badData, at: data.path, "is not the corpus that the run in \(folder.path) was trained on",
          remedy: "Give the original one (\(state.corpusPath)), or start a new run.")
      }
      state.corpusPath = data.path
      isResumed = true
      var configuration = options.configuration ?? state.configuration
      if let file = options.configurationFile {
        try configuration.apply(try ConfigurationValue.contents(ofJSON5: file), of: file)
      }
      try configuration.apply(assignments: options.assignments)
      configuration = try configuration.scheduled(options.customSchedule).resolved(for: data.size)
        .withDefinitePrecision
      for key in ConfigurationKey.all where key.read(configuration) != key.read(state.configuration) {
        guard key.canChangeOnResume else {
          throw QuillError(
            .usage, at: key.name,
            "cannot change on a resume (from \(key.read(state.configuration).shown) to \(key.read(configuration).shown))",
            remedy: "Start a new run with it.")
        }
        notices.append(
          "\(key.name) changes from \(key.read(state.configuration).shown) to \(key.read(configuration).shown)")
      }
      state.configuration = configuration
      notices.append("resuming \(folder.path) at step \(step)")
    }

    /// Whether the folder has a checkpoint; false for a run that ended before its first one.
    ///
    /// - Throws: `QuillError` of kind `.missingInput` where there is no run.
    private static func canResume(_ folder: RunFolder) throws -> Bool {
      if FilePath.isFolder(folder.path) { try folder.recover() }
      if try !folder.steps().isEmpty { return true }
      guard FilePath.exists(folder.file(RunFolder.recordName)) else {
        throw QuillError(
          .missingInput, at: folder.path, "there is no run to resume",
          remedy: "Leave out \(Vocabulary.parameter("resuming")) to start one.")
      }
      return false
    }

    /// Checks that a new run would not mix with an old one.
    static func requireFresh(_ folder: RunFolder) throws {
      if FilePath.exists(folder.path), !FilePath.isFolder(folder.path) {
        throw QuillError(
          .usage, at: folder.path, "is a file, not a folder",
          remedy: "Choose another \(Vocabulary.parameter("output")).")
      }
      guard let step = try folder.steps().last else { return }
      throw QuillError(
        .usage, at: folder.path, "already holds a run, at step \(step)",
        remedy:
          "Go on with \(Vocabulary.parameter("resuming")), or choose another \(Vocabulary.parameter("output"))."
      )
    }
  }
}

extension RunFolder {
  /// Claims the folder for this process.
  func lock() throws(QuillError) -> FileLock { try FileLock(file(".lock")) }
}

extension RunConfiguration {
  /// The configuration with the schedule of a program that has one of its own.
  ///
  /// - Throws: `QuillError` of kind `.usage` where the run needs one and there is none.
  fileprivate func scheduled(_ custom: CustomSchedule?) throws(QuillError) -> RunConfiguration {
    guard custom != nil || train.schedule != .custom else {
      throw QuillError(
        .usage, at: "train.schedule", "the learning rates are those of a program's own schedule",
        remedy: "Go on with that program, or set train.schedule to "
          + "\(Schedule.Shape.allCases.map(\.rawValue).joined(separator: ", ")).")
    }
    var result = self
    if custom != nil { result.train.schedule = .custom }
    return result
  }

  /// The configuration with the precision that `auto` means here, so that a resume elsewhere keeps it.
  var withDefinitePrecision: RunConfiguration {
    var result = self
    result.train.precision = train.precision.definite == .bf16 ? .bf16 : .fp32
    return result
  }
}

extension ConfigurationKey {
  /// Whether weights, moments, the loader's counter and the best loss still mean the same under another value.
  var canChangeOnResume: Bool {
    let fixed: Set = [
      "train.batch", "train.accumulation", "train.document_mask", "train.optimizer", "train.seed",
    ]
    return name.hasPrefix("train.") && !fixed.contains(name)
  }
}

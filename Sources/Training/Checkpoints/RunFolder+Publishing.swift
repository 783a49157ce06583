import Storage

extension RunFolder {
  /// Publishes a checkpoint, makes it the best one where the state says so, then removes what is no longer needed.
  ///
  /// The order is what keeps a run safe: the new checkpoint is complete, durable, renamed and read back before any
  /// link moves, and links have moved before any old checkpoint goes. A failure at any point leaves the old
  /// checkpoints as they were.
  ///
  /// - Parameters:
  ///   - keptSteps: see `prune`.
  ///   - body: writes the files into the draft; `training/state.json` is written here.
  func publish(
    _ state: TrainingState, keptSteps: Set<Int> = [], _ body: (AtomicFolder.Draft) throws(QuillError) -> Void
  ) throws(QuillError) {
    let destination = checkpointPath(step: state.step)
    try AtomicFolder.publish(at: destination) { (draft) throws(QuillError) in
      try body(draft)
      try draft.write("training/state.json", state.json.prettyText)
    }
    try pointLinks(to: try bestStep() ?? state.step)
    try prune(keeping: state.configuration.train.keep, and: keptSteps)
  }

  /// Points `best` at a step, and the plain names at the files behind `best`.
  private func pointLinks(to step: Int) throws(QuillError) {
    let target = checkpointPath(step: step)
    try AtomicLink.point(file(Self.bestLinkName), to: FilePath.name(of: target))
    for name in Self.plainFileNames where FilePath.exists(FilePath.join(target, name)) {
      try AtomicLink.point(file(name), to: "\(Self.bestLinkName)/\(name)")
    }
  }

  /// Removes all checkpoints but the newest `count`, the best and those of `keptSteps`.
  ///
  /// - Precondition: the newest checkpoint has been verified, as `AtomicFolder.publish` does; so the last verified
  ///   one is never removed.
  func prune(keeping count: Int, and keptSteps: Set<Int> = []) throws(QuillError) {
    let steps = try steps()
    let best = try bestStep()
    for step in steps.dropLast(max(1, count)) where step != best && !keptSteps.contains(step) {
      try AtomicFolder.retire(checkpointPath(step: step))
    }
  }

  /// Finishes what a crash interrupted: half-replaced checkpoints get their old content back,
  /// and what is half-written or half-removed goes, files and links too.
  func recover() throws(QuillError) {
    guard FilePath.isFolder(path) else { return }
    var names: Set<String> = []
    for name in try FilePath.list(path) where name.hasPrefix("step-") {
      guard let dot = name.firstIndex(of: ".") else { continue }
      names.insert(String(name[..<dot]))
    }
    for name in names.sorted() {
      try AtomicFolder.recover(at: file(name))
      try AtomicFolder.removeLeftovers(of: file(name))
    }
    try AtomicFolder.removeLeftovers(in: path)
  }
}

extension RunFolder {
  /// Removes every checkpoint and every link to one; the records stay.
  ///
  /// - Precondition: no process trains in the folder.
  package func removeCheckpoints() throws(QuillError) {
    for name in [Self.bestLinkName] + Self.plainFileNames { try FilePath.remove(file(name)) }
    for step in try steps() { try AtomicFolder.retire(checkpointPath(step: step)) }
  }
}

extension AtomicFolder {
  private static let goneLabel = "gone"

  /// Removes a published folder: it loses its name first, so that a crash never leaves half of it under that name.
  package static func retire(_ path: String) throws(QuillError) {
    guard FilePath.exists(path) else { return }
    let gone = TemporaryName.make(for: path, label: goneLabel)
    try System.rename(path, to: gone)
    try FilePath.remove(gone)
  }

  /// Removes what publications and retirements of `path` by processes no longer alive left behind.
  package static func removeLeftovers(of path: String) throws(QuillError) {
    for label in ["tmp", goneLabel] {
      for leftover in TemporaryName.leftovers(of: path, label: label) { try FilePath.remove(leftover) }
    }
  }

  /// Removes what processes no longer alive left of files, links and folders that they were publishing or retiring in `folder`.
  ///
  /// - Precondition: `folder` is one that Quill alone writes.
  package static func removeLeftovers(in folder: String) throws(QuillError) {
    try TemporaryName.removeLeftovers(in: folder)
  }
}

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
}

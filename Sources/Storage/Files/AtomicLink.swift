#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Symbolic links that change from one target to another in one step.
///
///     try AtomicLink.point("checkpoints/run/best", to: "step-00000100")
///
/// Targets are relative to the link's folder, so that a tree of folders and links can be moved as a whole.
package enum AtomicLink {
  /// Makes `path` a symbolic link to `target`, replacing a link or a file that is there.
  package static func point(_ path: String, to target: String) throws(QuillError) {
    if self.target(of: path) == target { return }
    let temporary = TemporaryName.make(for: path)
    guard symlink(target, temporary) == 0 else { throw System.error("create the link", path) }
    do throws(QuillError) {
      try System.rename(temporary, to: path)
    } catch {
      unlink(temporary)
      throw error
    }
    try System.synchronizeFolder(FilePath.parent(of: path))
  }

  /// Where the symbolic link `path` points, or nil where there is none.
  package static func target(of path: String) -> String? {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = readlink(path, &buffer, buffer.count)
    guard count >= 0 else { return nil }
    return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}

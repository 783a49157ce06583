#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif
import Synchronization

/// Writes whole files so that a reader, or a crash at any moment, sees the old content or the new, never a mixture.
///
///     try AtomicFile.write("corpora/notes.json", text)
///     try AtomicFile.write("model.safetensors") { (file) throws(QuillError) in try file.write(bytes) }
///
/// The bytes go to a temporary file in the same folder, which is flushed to disk, renamed over the destination,
/// and the folder flushed. When anything fails (a full disk, an error from `body`) the temporary file is removed
/// and the destination stays as it was. Only regular files are replaced, never a folder, a device or a pipe.
package enum AtomicFile {
  package static func write(_ path: String, _ bytes: [UInt8]) throws(QuillError) {
    try write(path) { (file) throws(QuillError) in try file.write(bytes) }
  }

  package static func write(_ path: String, _ text: String) throws(QuillError) {
    try write(path, Array(text.utf8))
  }

  /// Writes what `body` writes.
  package static func write(
    _ path: String, _ body: (OutputFile) throws(QuillError) -> Void
  ) throws(QuillError) {
    if FilePath.isFolder(path) {
      throw QuillError(
        .inputOutput, at: path, "expected a file, found a folder", remedy: "Choose another path.")
    }
    if FilePath.exists(path) && !FilePath.isRegularFile(path) {
      // A rename would put a file in the place of /dev/null.
      throw QuillError(
        .inputOutput, at: path, "expected a file, found a device or a pipe", remedy: "Choose another path.")
    }
    let temporary = TemporaryName.make(for: path)
    do throws(QuillError) {
      let file = try OutputFile(location: temporary, shownAs: path, hashing: false)
      try body(file)
      try file.finish()
      try System.rename(temporary, to: path)
    } catch {
      unlink(temporary)
      throw error
    }
    try System.synchronizeFolder(FilePath.parent(of: path))
  }
}

/// Names for things on their way to their final name: `NAME.tmp-<pid>` and, from the second on, `NAME.tmp-<pid>-<n>`.
enum TemporaryName {
  private static let counter = Atomic<Int>(0)

  static func make(for path: String, label: String = "tmp") -> String {
    let count = counter.wrappingAdd(1, ordering: .relaxed).oldValue
    return "\(FilePath.trimmingSlashes(path)).\(label)-\(getpid())" + (count == 0 ? "" : "-\(count)")
  }

  /// The siblings of `path` that processes no longer alive left behind under such a name.
  static func leftovers(of path: String, label: String = "tmp") -> [String] {
    let folder = FilePath.parent(of: path)
    let prefix = "\(FilePath.name(of: path)).\(label)-"
    guard let names = try? FilePath.list(folder) else { return [] }
    return names.filter { name in
      guard name.hasPrefix(prefix) else { return false }
      let digits = name.dropFirst(prefix.count).prefix { $0 != "-" }
      guard let process = pid_t(digits), process > 0, process != getpid() else { return false }
      return kill(process, 0) != 0 && errno == ESRCH
    }.map { FilePath.join(folder, $0) }
  }
}

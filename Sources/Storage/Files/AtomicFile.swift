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

  /// Writes a file that nobody but its owner can read.
  package static func write(privately path: String, _ text: String) throws(QuillError) {
    try write(path, mode: 0o600) { (file) throws(QuillError) in try file.write(text) }
  }

  /// Writes what `body` writes.
  package static func write(
    _ path: String, mode: mode_t = 0o666, _ body: (OutputFile) throws(QuillError) -> Void
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
    for leftover in TemporaryName.leftovers(of: path) { try? FilePath.remove(leftover) }
    let temporary = TemporaryName.make(for: path)
    do throws(QuillError) {
      let file = try OutputFile(location: temporary, shownAs: path, hashing: false, mode: mode)
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

  /// A name that nothing has: a container's processes get the ids of those that died in it before.
  static func make(for path: String, label: String = "tmp") -> String {
    while true {
      let count = counter.wrappingAdd(1, ordering: .relaxed).oldValue
      let name = "\(FilePath.trimmingSlashes(path)).\(label)-\(getpid())" + (count == 0 ? "" : "-\(count)")
      var status = stat()
      if lstat(name, &status) != 0 { return name }
    }
  }

  /// The siblings of `path` that processes no longer alive left behind under such a name.
  static func leftovers(of path: String, label: String = "tmp") -> [String] {
    let folder = FilePath.parent(of: path)
    let prefix = "\(FilePath.name(of: path)).\(label)-"
    guard let names = try? FilePath.list(folder) else { return [] }
    return names.filter { $0.hasPrefix(prefix) && isLeftover($0, label: label) }
      .map { FilePath.join(folder, $0) }
  }

  /// Whether `name` is one that `make` gave in a process no longer alive.
  private static func isLeftover(_ name: String, label: String) -> Bool {
    guard let mark = name.ranges(of: ".\(label)-").last, mark.lowerBound > name.startIndex else {
      return false
    }
    let numbers = name[mark.upperBound...].split(separator: "-", omittingEmptySubsequences: false)
    guard numbers.count <= 2,
      numbers.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { (48...57).contains($0) } }),
      let process = pid_t(numbers[0]), process > 0, process != getpid()
    else { return false }
    return kill(process, 0) != 0 && errno == ESRCH
  }

  /// Removes what processes no longer alive left in `folder` on its way to its final name, or on its way out; links are removed, not
  /// followed. What was moved aside (`old`) stays: it may be the only copy.
  static func removeLeftovers(in folder: String) throws(QuillError) {
    for name in try FilePath.list(folder)
    where isLeftover(name, label: "tmp") || isLeftover(name, label: "gone") {
      try FilePath.remove(FilePath.join(folder, name))
    }
  }
}

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The few system calls that files need, with `errno` turned into a `QuillError`.
enum System {
  /// The system's words for the current `errno`, such as "No space left on device".
  static func message(_ code: Int32) -> String { String(cString: strerror(code)) }

  /// An error about the current `errno`: a missing file where the system says so, else an input or output error.
  static func error(_ action: String, _ path: String, code: Int32 = errno) -> QuillError {
    switch code {
    case ENOENT:
      return QuillError(.missingInput, at: path, "no such file or folder", remedy: "Check the path.")
    case EACCES, EPERM:
      return QuillError(
        .inputOutput, at: path, "cannot \(action): \(message(code))", remedy: "Check the permissions.")
    case ENOSPC, EDQUOT, EFBIG:
      return QuillError(
        .inputOutput, at: path, "cannot \(action): \(message(code))", remedy: "Free some space and try again.")
    default:
      return QuillError(.inputOutput, at: path, "cannot \(action): \(message(code))")
    }
  }

  /// Whether `path` names anything, and whether that is a folder.
  static func kind(of path: String) -> (exists: Bool, isFolder: Bool) {
    var status = stat()
    guard stat(path, &status) == 0 else { return (false, false) }
    return (true, status.st_mode & S_IFMT == S_IFDIR)
  }

  static func open(_ path: String, _ flags: Int32, mode: mode_t = 0o666) throws(QuillError) -> Int32 {
    while true {
      #if canImport(Glibc)
        let descriptor = Glibc.open(path, flags | O_CLOEXEC, mode)
      #else
        let descriptor = Darwin.open(path, flags | O_CLOEXEC, mode)
      #endif
      if descriptor >= 0 { return descriptor }
      if errno != EINTR { throw error("open", path) }
    }
  }

  /// Makes what `descriptor` holds survive a power cut.
  static func synchronize(_ descriptor: Int32, _ path: String) throws(QuillError) {
    // Some special files (pipes, /dev/null) cannot be synchronized and need not be.
    if fsync(descriptor) != 0, errno != EINVAL, errno != ENOTSUP {
      throw error("flush to disk", path)
    }
  }

  /// Makes the names in a folder survive a power cut.
  static func synchronizeFolder(_ path: String) throws(QuillError) {
    let descriptor = try open(path, O_RDONLY | O_DIRECTORY)
    defer { close(descriptor) }
    try synchronize(descriptor, path)
  }

  static func rename(_ from: String, to destination: String) throws(QuillError) {
    #if canImport(Glibc)
      let status = Glibc.rename(from, destination)
    #else
      let status = Darwin.rename(from, destination)
    #endif
    if status != 0 { throw error("rename to \(destination)", from) }
  }
}

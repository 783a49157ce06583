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

  private static func open(_ path: String, _ flags: Int32, mode: mode_t = 0o666) throws(QuillError) -> Int32 {
    while true {
      #if canImport(Glibc)
        let descriptor = Glibc.open(path, flags | O_CLOEXEC, mode)
      #else
        let descriptor = Darwin.open(path, flags | O_CLOEXEC, mode)
      #endif
      if descriptor >= 0 { return descriptor }
      switch errno {
      case EINTR: continue
      case ELOOP where flags & O_NOFOLLOW != 0 && isLink(path):
        throw QuillError(
          .inputOutput, at: path, "expected a file, found a symbolic link, through which nothing is written",
          remedy: "Remove the link, or choose another folder.")
      // A socket, or a pipe that nobody reads.
      case ENXIO:
        let kind: QuillError.Kind = flags & O_ACCMODE == O_RDONLY ? .missingInput : .inputOutput
        throw unexpected(path, found: kindName(of: path) ?? "a device", kind)
      case let code: throw error("open", path, code: code)
      }
    }
  }

  /// The door of all reading: opens a regular file, following links. A pipe, a socket or a device, which would block or never
  /// end, is refused without waiting for it.
  ///
  /// - Throws: `.missingInput` where there is no such file, or that says what is there instead.
  static func openForReading(_ path: String) throws(QuillError) -> Int32 {
    let descriptor = try open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY)
    try requireRegular(descriptor, path, otherwise: .missingInput)
    return descriptor
  }

  /// Opens what the caller's own process has open already, such as `/dev/fd/63` of a shell's `<(…)`: a pipe is no surprise there.
  static func openInherited(_ path: String) throws(QuillError) -> Int32 { try open(path, O_RDONLY) }

  /// The door of all writing: opens or creates a regular file with `flags`, never through a symbolic link, so that a link in a folder
  /// of somebody else's cannot make Quill overwrite a file elsewhere.
  ///
  /// - Throws: `.inputOutput` where `path` is a link or anything but a file, or cannot be written.
  static func openForWriting(
    _ path: String, _ flags: Int32, mode: mode_t = 0o666
  ) throws(QuillError) -> Int32 {
    precondition(flags & O_TRUNC == 0, "a file is emptied only once it is known to be one")
    let descriptor = try open(path, flags | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, mode: mode)
    try requireRegular(descriptor, path, otherwise: .inputOutput)
    return descriptor
  }

  /// Closes the descriptor and throws unless it is of a regular file.
  private static func requireRegular(
    _ descriptor: Int32, _ path: String, otherwise kind: QuillError.Kind
  ) throws(QuillError) {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      let error = error("read", path)
      close(descriptor)
      throw error
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw unexpected(path, found: kindName(of: status), kind)
    }
  }

  private static func unexpected(
    _ path: String, found name: String, _ kind: QuillError.Kind
  ) -> QuillError {
    QuillError(kind, at: path, "expected a file, found \(name)", remedy: "Choose another path.")
  }

  /// Whether `path` itself is a symbolic link.
  static func isLink(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
  }

  private static func kindName(of path: String) -> String? {
    var status = stat()
    return stat(path, &status) == 0 ? kindName(of: status) : nil
  }

  private static func kindName(of status: stat) -> String {
    switch status.st_mode & S_IFMT {
    case S_IFREG: "a file"
    case S_IFDIR: "a folder"
    case S_IFIFO: "a pipe"
    case S_IFSOCK: "a socket"
    default: "a device"
    }
  }

  /// Writes all of `bytes`.
  static func write(
    _ bytes: Slice<UnsafeRawBufferPointer>, to descriptor: Int32, _ path: String
  ) throws(QuillError) {
    var rest = bytes
    while !rest.isEmpty {
      let part = UnsafeRawBufferPointer(rebasing: rest)
      #if canImport(Glibc)
        let count = Glibc.write(descriptor, part.baseAddress, part.count)
      #else
        let count = Darwin.write(descriptor, part.baseAddress, part.count)
      #endif
      if count >= 0 { rest = rest.dropFirst(count) } else if errno != EINTR { throw error("write", path) }
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

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// An exclusive claim on a folder or a file, held until the object goes.
///
///     let lock = try FileLock("checkpoints/run/.lock")
///
/// The lock belongs to the open file (`flock`), so the system releases it when the process ends however it ends;
/// the file itself stays and holds the owner's process id for the message below.
public final class FileLock {
  public let path: String
  private let descriptor: Int32

  /// Takes the lock, creating the file where there is none.
  ///
  /// - Throws: `.inputOutput` where another process holds it.
  public init(_ path: String) throws(QuillError) {
    self.path = path
    descriptor = try System.open(path, O_RDWR | O_CREAT)
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let code = errno
      defer { close(descriptor) }
      guard code == EWOULDBLOCK else { throw System.error("lock", path, code: code) }
      var owner = [UInt8](repeating: 0, count: 32)
      let count = max(0, read(descriptor, &owner, owner.count))
      let name = String(decoding: owner.prefix(count).prefix { $0 != 10 }, as: UTF8.self)
      throw QuillError(
        .inputOutput, at: path, "another process\(name.isEmpty ? "" : " (\(name))") is using this folder",
        remedy: "Wait until it ends, or choose another folder.")
    }
    let owner = Array("\(getpid())\n".utf8)
    // The process id only improves a message: a full disk is no reason to refuse the lock.
    if ftruncate(descriptor, 0) == 0 { _ = write(descriptor, owner, owner.count) }
  }

  deinit {
    // Closing alone would not do: a child process that is just being spawned holds a copy until its exec.
    flock(descriptor, LOCK_UN)
    close(descriptor)
  }
}

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
package final class FileLock {
  package let path: String
  private let descriptor: Int32

  /// Takes the lock, creating the file where there is none.
  ///
  /// - Throws: `.inputOutput` where another process holds it.
  package convenience init(_ path: String) throws(QuillError) {
    let descriptor = try System.openForWriting(path, O_RDWR)
    guard try Self.acquire(descriptor, path, LOCK_EX | LOCK_NB) else {
      defer { close(descriptor) }
      var owner = [UInt8](repeating: 0, count: 32)
      let count = max(0, read(descriptor, &owner, owner.count))
      let name = String(decoding: owner.prefix(count).prefix { $0 != 10 }, as: UTF8.self)
      throw QuillError(
        .inputOutput, at: path, "another process\(name.isEmpty ? "" : " (\(name))") is using this folder",
        remedy: "Wait until it ends, or choose another folder.")
    }
    self.init(holding: descriptor, path)
  }

  /// Takes the lock if it is free; nil where another process holds it.
  package static func ifFree(_ path: String) throws(QuillError) -> FileLock? {
    let descriptor = try System.openForWriting(path, O_RDWR)
    if try acquire(descriptor, path, LOCK_EX | LOCK_NB) { return FileLock(holding: descriptor, path) }
    close(descriptor)
    return nil
  }

  /// Takes the lock, waiting as long as another process holds it: for changes of a file that take milliseconds.
  package static func waiting(_ path: String) throws(QuillError) -> FileLock {
    let descriptor = try System.openForWriting(path, O_RDWR)
    _ = try acquire(descriptor, path, LOCK_EX)
    return FileLock(holding: descriptor, path)
  }

  /// Locks the open file; false where `operation` does not wait and another process holds the lock.
  private static func acquire(
    _ descriptor: Int32, _ path: String, _ operation: Int32
  ) throws(QuillError) -> Bool {
    while flock(descriptor, operation) != 0 {
      let code = errno
      if code == EINTR { continue }
      if code == EWOULDBLOCK { return false }
      close(descriptor)
      throw System.error("lock", path, code: code)
    }
    return true
  }

  private init(holding descriptor: Int32, _ path: String) {
    self.path = path
    self.descriptor = descriptor
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

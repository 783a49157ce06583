#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Publishes a folder of files in one step, with a manifest of their hashes.
///
///     try AtomicFolder.publish(at: "checkpoints/run/step_00000100") { (folder) throws(QuillError) in
///       try folder.write("config.json", text)
///       try folder.write("model.safetensors") { (file) throws(QuillError) in try file.write(bytes) }
///     }
///
/// The files go to `NAME.tmp-<pid>` beside the destination. When `body` returns, `manifest.sha256` is written,
/// every file and folder is flushed to disk, the folder is renamed, its parent flushed, and the result read back
/// and compared with the manifest. When anything fails before the rename, the temporary folder is removed and
/// the destination stays as it was.
///
/// An existing destination is first renamed to `NAME.old-<pid>` and removed last. A crash between the two renames
/// leaves it under that name; `recover(at:)`, which every publication and every opening of a corpus calls,
/// puts it back.
package enum AtomicFolder {
  /// Publishes what `body` writes as the folder `path`.
  ///
  /// - Parameters:
  ///   - keepingManifest: false leaves `manifest.sha256` out of the folder (it is still verified).
  /// - Throws: what `body` throws, `.inputOutput` where the system refuses to write or the bytes read back differ.
  package static func publish(
    at path: String, keepingManifest: Bool = true, _ body: (Draft) throws(QuillError) -> Void
  ) throws(QuillError) {
    let path = FilePath.trimmingSlashes(path)
    if FilePath.exists(path), !FilePath.isFolder(path) {
      throw QuillError(
        .inputOutput, at: path, "expected a folder, found a file", remedy: "Choose another path.")
    }
    let parent = FilePath.parent(of: path)
    try FilePath.createFolder(parent)
    try recover(at: path)
    try? removeLeftovers(of: path)

    let temporary = TemporaryName.make(for: path)
    let manifest: FolderManifest
    do throws(QuillError) {
      guard mkdir(temporary, 0o777) == 0 else { throw System.error("create the folder", temporary) }
      let draft = Draft(location: temporary, path: path)
      try body(draft)
      manifest = try draft.seal(keepingManifest: keepingManifest)
    } catch {
      try? FilePath.remove(temporary)
      throw error
    }
    try replace(path, with: temporary)
    try System.synchronizeFolder(parent)
    try manifest.verify(path)
  }

  private static func replace(_ path: String, with temporary: String) throws(QuillError) {
    var old: String?
    do throws(QuillError) {
      if FilePath.exists(path) {
        let name = TemporaryName.make(for: path, label: "old")
        try System.rename(path, to: name)
        old = name
      }
      try System.rename(temporary, to: path)
    } catch {
      if let old { try? System.rename(old, to: path) }
      try? FilePath.remove(temporary)
      throw error
    }
    if let old { try FilePath.remove(old) }
  }

  /// Finishes or undoes a replacement that a crash interrupted: puts `NAME.old-<pid>` of a dead process back
  /// where `NAME` is missing, and removes it where `NAME` is there.
  package static func recover(at path: String) throws(QuillError) {
    for leftover in TemporaryName.leftovers(of: path, label: "old") {
      if FilePath.exists(path) || System.isLink(leftover) {
        try? FilePath.remove(leftover)
      } else {
        try System.rename(leftover, to: FilePath.trimmingSlashes(path))
      }
    }
  }

  /// A folder that is being written and not yet visible under its name.
  package final class Draft {
    /// Where the files lie for now; for writers that insist on a path.
    package let location: String
    /// The name that the folder will have.
    package let path: String
    /// The hashes of files written through `write`, taken on the way.
    private var digests: [String: SHA256.Digest] = [:]

    init(location: String, path: String) {
      self.location = location
      self.path = path
    }

    /// Adds a file.
    ///
    /// - Parameter name: its path inside the folder, such as `training/state.json`; folders on the way are made.
    package func write(
      _ name: String, _ body: (OutputFile) throws(QuillError) -> Void
    ) throws(QuillError) {
      precondition(FolderManifest.isAllowedName(name), "'\(name)' is no file name inside a published folder")
      let location = FilePath.join(self.location, name)
      try FilePath.createFolder(FilePath.parent(of: location))
      let file = try OutputFile(location: location, shownAs: FilePath.join(path, name), hashing: true)
      try body(file)
      digests[name] = try file.finish()
    }

    package func write(_ name: String, _ bytes: [UInt8]) throws(QuillError) {
      try write(name) { (file) throws(QuillError) in try file.write(bytes) }
    }

    package func write(_ name: String, _ text: String) throws(QuillError) { try write(name, Array(text.utf8)) }

    /// Hashes what was not hashed on the way, writes the manifest and makes everything durable.
    fileprivate func seal(keepingManifest: Bool) throws(QuillError) -> FolderManifest {
      var entries: [FolderManifest.Entry] = []
      var folders: Set<String> = [location]
      for name in try FilePath.listFilesRecursively(location) {
        let file = FilePath.join(location, name)
        if let digest = digests[name] {
          entries.append(.init(name: name, digest: digest))
        } else {
          let descriptor = try System.openForReading(file)
          defer { close(descriptor) }
          try System.synchronize(descriptor, file)
          entries.append(.init(name: name, digest: try SHA256.hash(file: file)))
        }
        var folder = FilePath.parent(of: file)
        while folder != location, folders.insert(folder).inserted { folder = FilePath.parent(of: folder) }
      }
      let manifest = FolderManifest(entries: entries)
      if keepingManifest { try write(FolderManifest.fileName, manifest.text) }
      for folder in folders.sorted() { try System.synchronizeFolder(folder) }
      return manifest
    }
  }
}

// SAFETY: readdir's entry is valid until the next call, and its name ends with a zero within 256 bytes.

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Questions about paths, and the few changes to folders that are not publications.
package enum FilePath {
  /// Whether `path` names a file or a folder.
  package static func exists(_ path: String) -> Bool { System.kind(of: path).exists }

  /// Whether `path` names a folder.
  package static func isFolder(_ path: String) -> Bool { System.kind(of: path).isFolder }

  /// Whether `path` names a regular file: not a folder, a pipe or a device.
  package static func isRegularFile(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }

  /// The parts of a path between its slashes, empty ones too.
  ///
  /// A slash is a byte: as a `Character` it would hold the combining marks that a name may begin with, and part nothing.
  package static func components(_ path: String) -> [String] {
    path.unicodeScalars.split(separator: "/", omittingEmptySubsequences: false).map { String($0) }
  }

  /// The last component: `name(of: "a/b.txt") == "b.txt"`; trailing slashes do not count.
  package static func name(of path: String) -> String {
    let trimmed = trimmingSlashes(path)
    return trimmed == "/" ? trimmed : components(trimmed).last!
  }

  /// The folder that holds `path`: `parent(of: "a/b") == "a"`, `parent(of: "a") == "."`.
  package static func parent(of path: String) -> String {
    let above = components(trimmingSlashes(path)).dropLast()
    if above.isEmpty { return "." }
    return above.allSatisfy(\.isEmpty) ? "/" : trimmingSlashes(above.joined(separator: "/"))
  }

  /// `child` inside `folder`.
  package static func join(_ folder: String, _ child: String) -> String {
    folder.isEmpty ? child : folder.unicodeScalars.last == "/" ? folder + child : folder + "/" + child
  }

  static func trimmingSlashes(_ path: String) -> String {
    var trimmed = path.unicodeScalars[...]
    while trimmed.count > 1, trimmed.last == "/" { trimmed.removeLast() }
    return String(trimmed)
  }

  /// The names in a folder in byte order, `.` and `..` left out.
  package static func list(_ folder: String) throws(QuillError) -> [String] {
    guard let stream = opendir(folder) else { throw System.error("list", folder) }
    defer { closedir(stream) }
    var names: [String] = []
    while true {
      errno = 0
      guard let entry = readdir(stream) else {
        if errno != 0 { throw System.error("list", folder) }
        break
      }
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// The files below a folder as paths relative to it, in byte order; symbolic links to files are followed.
  package static func listFilesRecursively(_ folder: String) throws(QuillError) -> [String] {
    var files: [String] = []
    for name in try list(folder) {
      let path = join(folder, name)
      var status = stat()
      guard lstat(path, &status) == 0 else { throw System.error("read", path) }
      if status.st_mode & S_IFMT == S_IFDIR {
        for file in try listFilesRecursively(path) { files.append(join(name, file)) }
      } else {
        files.append(name)
      }
    }
    return files.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// Makes a folder and the folders above it where they are missing.
  package static func createFolder(_ path: String) throws(QuillError) {
    let status = System.kind(of: path)
    if status.isFolder { return }
    if status.exists {
      throw QuillError(
        .inputOutput, at: path, "expected a folder, found a file", remedy: "Choose another path.")
    }
    let parent = parent(of: path)
    if parent != path { try createFolder(parent) }
    guard mkdir(path, 0o777) != 0 else { return }
    let code = errno
    // Another process may have made it meanwhile; a link to nothing exists as well.
    if code != EEXIST || !isFolder(path) { throw System.error("create the folder", path, code: code) }
  }

  /// Makes the folder `name` and those above it inside `root`, where they are missing.
  ///
  /// - Throws: `.inputOutput` where a component of `name` is a symbolic link, through which nothing is written.
  package static func createFolder(_ name: String, inside root: String) throws(QuillError) {
    try requireNoLinks(name, inside: root)
    try createFolder(join(root, name))
  }

  /// Checks that the way from `root` to `name` inside it leads through no symbolic link.
  ///
  /// - Throws: `.inputOutput` where it does.
  package static func requireNoLinks(_ name: String, inside root: String) throws(QuillError) {
    var path = root
    for component in components(name) where !component.isEmpty {
      path = join(path, component)
      if System.isLink(path) {
        throw QuillError(
          .inputOutput, at: path, "expected a folder, found a symbolic link, through which nothing is written",
          remedy: "Remove the link, or choose another folder.")
      }
    }
  }

  /// Removes a file, or a folder and everything in it; nothing happens where there is none.
  package static func remove(_ path: String) throws(QuillError) {
    var status = stat()
    guard lstat(path, &status) == 0 else {
      if errno == ENOENT { return }
      throw System.error("remove", path)
    }
    if status.st_mode & S_IFMT == S_IFDIR {
      // Never through a link: a link to a folder is unlinked below.
      for name in try list(path) { try remove(join(path, name)) }
      if rmdir(path) != 0, errno != ENOENT { throw System.error("remove", path) }
    } else if unlink(path) != 0, errno != ENOENT {
      throw System.error("remove", path)
    }
  }

  /// The size of a file in bytes.
  package static func byteCount(of path: String) throws(QuillError) -> Int {
    var status = stat()
    guard stat(path, &status) == 0 else { throw System.error("read", path) }
    return Int(status.st_size)
  }
}

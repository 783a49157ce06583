import Foundation
import Storage
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(20))) struct AtomicFileTests {
  @Test func contentIsReplacedWhole() throws {
    try withTemporaryFolder { folder in
      let path = folder.appending("file")
      try AtomicFile.write(path, "old")
      try AtomicFile.write(path, "new")
      #expect(try content(path) == Array("new".utf8))
      #expect(try FilePath.list(folder.path) == ["file"])
    }
  }

  @Test func pipesAndDevicesAreNotReplaced() throws {
    try withTemporaryFolder { folder in
      let path = folder.appending("pipe")
      #expect(mkfifo(path, 0o600) == 0)
      expectError(.inputOutput, containing: "a device or a pipe") { try AtomicFile.write(path, "text") }
      #expect(FilePath.exists(path) && !FilePath.isRegularFile(path))
      let names = try FilePath.list(folder.path)
      #expect(names == ["pipe"])
    }
  }

  @Test func largeAndSmallPiecesArriveInOrder() throws {
    try withTemporaryFolder { folder in
      let path = folder.appending("file")
      var random = SeededGenerator(seed: 2)
      var expected: [UInt8] = []
      try AtomicFile.write(path) { (file) throws(QuillError) in
        for count in [1, 65_535, 65_536, 3, 200_000, 0, 17] {
          let piece = (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
          expected += piece
          try file.write(piece)
        }
        #expect(file.byteCount == expected.count)
      }
      #expect(try content(path) == expected)
    }
  }

  @Test func failingBodyLeavesTheOldContent() throws {
    try withTemporaryFolder { folder in
      let path = folder.appending("file")
      try AtomicFile.write(path, "old")
      expectError(.badData, containing: "stop") {
        try AtomicFile.write(path) { (file) throws(QuillError) in
          try file.write("new")
          throw QuillError(.badData, at: "here", "stop")
        }
      }
      #expect(try content(path) == Array("old".utf8))
      #expect(try FilePath.list(folder.path) == ["file"])
    }
  }

  @Test func missingFolderIsReported() throws {
    try withTemporaryFolder { folder in
      expectError(.missingInput, containing: "no such file or folder") {
        try AtomicFile.write(folder.appending("absent/file"), "text")
      }
      expectError(.inputOutput, containing: "found a folder") { try AtomicFile.write(folder.path, "text") }
    }
  }

  @Test func fullDiskLeavesTheOldContentAndNoTemporaryFile() throws {
    try withTinyDisk(byteCount: 64 << 10) { folder in
      let path = folder.appending("file")
      try AtomicFile.write(path, "old")
      expectError(.inputOutput, containing: "file", "No space left on device", "Free some space") {
        try AtomicFile.write(path, [UInt8](repeating: 1, count: 200_000))
      }
      #expect(try content(path) == Array("old".utf8))
      #expect(try FilePath.list(folder.path) == ["file"])
    }
  }

  @Test func lockIsExclusiveUntilReleased() throws {
    try withTemporaryFolder { folder in
      let path = folder.appending(".lock")
      do {
        let lock = try FileLock(path)
        expectError(
          .inputOutput, containing: ".lock", "\(ProcessInfo.processInfo.processIdentifier)", "is using"
        ) {
          _ = try FileLock(path)
        }
        withExtendedLifetime(lock) {}
      }
      _ = try FileLock(path)
    }
  }

  @Test func pathsAreTakenApart() {
    #expect(FilePath.name(of: "a/b.txt") == "b.txt" && FilePath.name(of: "a/b/") == "b")
    #expect(
      FilePath.parent(of: "a/b.txt") == "a" && FilePath.parent(of: "a") == "."
        && FilePath.parent(of: "/a") == "/")
    #expect(
      FilePath.join("a/", "b") == "a/b" && FilePath.join("a", "b") == "a/b" && FilePath.join("", "b") == "b")
  }

  /// Marks that combine with the slash before them make one `Character` of both: paths are parted on scalars.
  @Test func namesThatBeginWithCombiningMarksArePartedToo() throws {
    let mark = "\u{301}b"
    #expect(FilePath.name(of: "a/\(mark)").utf8.elementsEqual(mark.utf8))
    #expect(FilePath.parent(of: "/a/\(mark)") == "/a" && FilePath.parent(of: "//a") == "/")
    #expect(FilePath.components("/a//\(mark)") == ["", "a", "", mark])
    try withTemporaryFolder { folder in
      let inside = folder.appending("inside")
      try AtomicFolder.publish(at: inside) { (draft) throws(QuillError) in try draft.write(mark, "text") }
      try FolderManifest.verify(inside)
      try AtomicFile.write(folder.appending(mark), "outside")
      let digest = try SHA256.hash(file: folder.appending(mark)).hexadecimal
      try AtomicFile.write(FilePath.join(inside, FolderManifest.fileName), "\(digest)  ../\(mark)\n")
      expectError(.badData, containing: "a file name") { try FolderManifest.verify(inside) }
    }
  }
}

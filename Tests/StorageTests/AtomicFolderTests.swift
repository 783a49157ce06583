import Foundation
import Storage
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(20))) struct AtomicFolderTests {
  private func publish(_ path: String, _ text: String) throws {
    try AtomicFolder.publish(at: path) { (folder) throws(QuillError) in
      try folder.write("a.txt", text)
      try folder.write("sub/deep/b.bin") { (file) throws(QuillError) in
        try file.write([UInt8](repeating: 7, count: 100_000))
      }
      // A file that some other writer makes inside the folder is hashed too.
      try AtomicFile.write(FilePath.join(folder.location, "c.txt"), "other")
    }
  }

  @Test func folderIsPublishedWithAManifestThatSha256sumAccepts() throws {
    try withTemporaryFolder { folder in
      let path = folder.appending("new/published")
      try publish(path, "text")
      #expect(
        try FilePath.listFilesRecursively(path) == ["a.txt", "c.txt", "manifest.sha256", "sub/deep/b.bin"])
      try FolderManifest.verify(path)
      #expect(try FilePath.list(folder.appending("new")) == ["published"])
      let check = try runProgram("sha256sum", ["-c", "--strict", "manifest.sha256"], in: URL(filePath: path))
      #expect(check.map { $0.status == 0 } ?? true)
    }
  }

  @Test func existingFolderIsReplacedWhole() throws {
    try withTemporaryFolder { folder in
      let path = folder.appending("published")
      try publish(path, "old")
      try AtomicFolder.publish(at: path + "/") { (folder) throws(QuillError) in
        try folder.write("only.txt", "new")
      }
      #expect(try FilePath.list(path) == ["manifest.sha256", "only.txt"])
      #expect(try FilePath.list(folder.path) == ["published"])
    }
  }

  @Test func failingBodyLeavesTheOldFolder() throws {
    try withTemporaryFolder { folder in
      let path = folder.appending("published")
      try publish(path, "old")
      expectError(.badData, containing: "stop") {
        try AtomicFolder.publish(at: path) { (folder) throws(QuillError) in
          try folder.write("a.txt", "new")
          throw QuillError(.badData, at: "here", "stop")
        }
      }
      try FolderManifest.verify(path)
      #expect(try content(path + "/a.txt") == Array("old".utf8))
      #expect(try FilePath.list(folder.path) == ["published"])
    }
  }

  @Test func fullDiskLeavesTheOldFolder() throws {
    try withTinyDisk(byteCount: 256 << 10) { folder in
      let path = folder.appending("published")
      try publish(path, "old")
      expectError(.inputOutput, containing: "published/big", "No space left on device") {
        try AtomicFolder.publish(at: path) { (folder) throws(QuillError) in
          try folder.write("big", [UInt8](repeating: 1, count: 1 << 20))
        }
      }
      try FolderManifest.verify(path)
      #expect(try FilePath.list(folder.path) == ["published"])
    }
  }

  @Test func interruptedReplacementIsUndone() throws {
    try withTemporaryFolder { folder in
      let path = folder.appending("published")
      try publish(path, "old")
      // A process id above the kernel's limit belongs to nobody.
      try FileManager.default.moveItem(atPath: path, toPath: path + ".old-4999999")
      try FilePath.createFolder(path + ".tmp-4999999")
      try AtomicFolder.recover(at: path)
      try FolderManifest.verify(path)
      try publish(path, "new")
      #expect(try FilePath.list(folder.path) == ["published"])
    }
  }

  @Test func manifestCanStayOutside() throws {
    try withTemporaryFolder { folder in
      let path = folder.appending("published")
      try AtomicFolder.publish(at: path, keepingManifest: false) { (folder) throws(QuillError) in
        try folder.write("a", "text")
      }
      #expect(try FilePath.list(path) == ["a"])
    }
  }

  @Test func destinationThatIsAFileIsRejected() throws {
    try withTemporaryFolder { folder in
      try AtomicFile.write(folder.appending("file"), "text")
      expectError(.inputOutput, containing: "expected a folder, found a file") {
        try publish(folder.appending("file"), "text")
      }
    }
  }

  @Test func changedAndMissingFilesAreFound() throws {
    try withTemporaryFolder { folder in
      let path = folder.appending("published")
      try publish(path, "text")
      try AtomicFile.write(path + "/a.txt", "texu")
      expectError(.badData, containing: "a.txt", "checksum mismatch (expected 982d9e3e…") {
        try FolderManifest.verify(path)
      }
      try FilePath.remove(path + "/a.txt")
      expectError(.badData, containing: "a.txt", "missing") { try FolderManifest.verify(path) }
    }
  }

  @Test(arguments: [
    "", "abc  file\n", String(repeating: "0", count: 64) + " file\n",
    String(repeating: "0", count: 64) + "  ../file\n", String(repeating: "g", count: 64) + "  file\n",
    String(repeating: String(repeating: "0", count: 64) + "  file\n", count: 2),
  ])
  func malformedManifestIsRejected(text: String) throws {
    try withTemporaryFolder { folder in
      try AtomicFile.write(folder.appending("manifest.sha256"), text)
      expectError(.badData, containing: "manifest.sha256") { try FolderManifest.verify(folder.path) }
    }
  }
}

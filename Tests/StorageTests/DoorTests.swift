import Foundation
import Storage
import TestSupport
import Testing

/// What lies in a folder of somebody else's: links are not written through, and what is no file is not waited for.
@Suite(.timeLimit(.minutes(20))) struct DoorTests {
  /// Every way to open a file for writing under its final name.
  static let writers: [(name: String, write: @Sendable (String) throws -> Void)] = [
    ("append", { try AppendingFile($0).synchronize() }),
    ("empty", { _ = try AppendingFile($0, emptied: true) }),
    ("lock", { _ = try FileLock($0) }), ("lock if free", { _ = try FileLock.ifFree($0) }),
    ("waiting lock", { _ = try FileLock.waiting($0) }),
  ]

  @Test(arguments: writers.indices) func nothingIsWrittenThroughALink(writer: Int) throws {
    try withTemporaryFolder { folder in
      let (victim, link) = (folder.appending("victim"), folder.appending("link"))
      try AtomicFile.write(victim, "precious")
      for target in [victim, folder.appending("absent"), "link", "/dev/null"] {
        try FilePath.remove(link)
        #expect(symlink(target, link) == 0)
        expectError(.inputOutput, containing: link, "symbolic link", "Remove the link") {
          try Self.writers[writer].write(link)
        }
      }
      #expect(try content(victim) == Array("precious".utf8))
      #expect(try FilePath.list(folder.path) == ["link", "victim"])
    }
  }

  @Test(arguments: writers.indices) func nothingButAFileIsWritten(writer: Int) throws {
    try withTemporaryFolder { folder in
      let pipe = folder.appending("pipe")
      #expect(mkfifo(pipe, 0o600) == 0)
      expectError(.inputOutput, containing: pipe, "found a pipe") { try Self.writers[writer].write(pipe) }
      expectError(.inputOutput, containing: "device") { try Self.writers[writer].write("/dev/null") }
      expectError(.inputOutput, containing: folder.path) { try Self.writers[writer].write(folder.path) }
    }
  }

  @Test func anAtomicFileReplacesALinkAndLeavesItsTarget() throws {
    try withTemporaryFolder { folder in
      let (victim, link) = (folder.appending("victim"), folder.appending("link"))
      try AtomicFile.write(victim, "precious")
      #expect(symlink(victim, link) == 0)
      try AtomicFile.write(link, "new")
      #expect(try content(victim) == Array("precious".utf8) && content(link) == Array("new".utf8))
    }
  }

  @Test func foldersAreNotMadeThroughLinks() throws {
    try withTemporaryFolder { folder in
      try FilePath.createFolder(folder.appending("elsewhere"))
      #expect(symlink("elsewhere", folder.appending("runs")) == 0)
      expectError(.inputOutput, containing: "runs", "symbolic link") {
        try FilePath.createFolder("runs/one", inside: folder.path)
      }
      #expect(symlink("absent", folder.appending("dangling")) == 0)
      expectError(.inputOutput, containing: "dangling") {
        try FilePath.createFolder(folder.appending("dangling"))
      }
      try FilePath.createFolder("fits/deep", inside: folder.path)
      #expect(FilePath.isFolder(folder.appending("fits/deep")))
      #expect(try FilePath.list(folder.appending("elsewhere")).isEmpty)
    }
  }

  @Test func removalAndRetirementDoNotFollowLinks() throws {
    try withTemporaryFolder { folder in
      try FilePath.createFolder(folder.appending("elsewhere"))
      try AtomicFile.write(folder.appending("elsewhere/precious"), "text")
      try FilePath.createFolder(folder.appending("old"))
      for link in ["old/inside", "published"] {
        #expect(symlink(folder.appending("elsewhere"), folder.appending(link)) == 0)
      }
      try FilePath.remove(folder.appending("old"))
      try AtomicFolder.retire(folder.appending("published"))
      #expect(try FilePath.listFilesRecursively(folder.path) == ["elsewhere/precious"])
    }
  }

  /// Readers of whole files; none may wait for a pipe's writer or read a device to the end of memory.
  static let readers: [@Sendable (String) throws -> Void] = [
    { _ = try MappedFile($0) }, { _ = try FileStream($0) }, { _ = try ByteStreams.open($0) },
    { _ = try SHA256.hash(file: $0) }, { _ = try JSONNode(file: $0) }, { _ = try CSVTable(file: $0) },
    { _ = try SafetensorsFile($0) },
  ]

  @Test(.timeLimit(.minutes(20)), arguments: readers.indices)
  func onlyRegularFilesAreRead(reader: Int) throws {
    try withTemporaryFolder { folder in
      let read = Self.readers[reader]
      let pipe = folder.appending("pipe")
      #expect(mkfifo(pipe, 0o600) == 0)
      expectError(.missingInput, containing: pipe, "found a pipe") { try read(pipe) }
      expectError(.missingInput, containing: "found a folder") { try read(folder.path) }
      let endless = folder.appending("endless")
      #expect(symlink("/dev/zero", endless) == 0)
      expectError(.missingInput, containing: endless, "found a device") { try read(endless) }
      let loop = folder.appending("loop")
      #expect(symlink("loop", loop) == 0)
      expectError(.inputOutput, containing: loop) { try read(loop) }
      let socket = folder.appending("s")
      if let _ = try runProgram(
        "python3", ["-c", "import socket;socket.socket(socket.AF_UNIX).bind('s')"], in: folder)
      {
        expectError(.missingInput, containing: "found a socket") { try read(socket) }
      }
    }
  }

  @Test func whatTheProcessHasOpenMayBeAPipe() throws {
    let pipe = Pipe()
    pipe.fileHandleForWriting.write(Data("text".utf8))
    try pipe.fileHandleForWriting.close()
    let path = "/dev/fd/\(pipe.fileHandleForReading.fileDescriptor)"
    #expect(try FileStream(path).readToEnd() == Array("text".utf8))
  }

  @Test func leftoversOfDeadProcessesGoAndNothingElse() throws {
    try withTemporaryFolder { folder in
      let dead = try deadProcess()
      let precious = folder.appending("precious")
      try AtomicFile.write(precious, "text")
      let ours = ["config.json.tmp-\(dead)-3", "step-00000001.tmp-\(dead)", "step-00000002.gone-\(dead)-1"]
      try FilePath.createFolder(folder.appending(ours[1]))
      for name in [ours[0], ours[2]] { #expect(symlink(precious, folder.appending(name)) == 0) }
      let others = [
        "a.tmp-\(getpid())", "b.tmp-\(dead)-x", "c.tmp-", ".tmp-\(dead)", "d.tmp-\(dead)-1-2", "e.old-\(dead)",
        "f.tmp-99999999999999999999",
      ]
      for name in others { try AtomicFile.write(folder.appending(name), "text") }
      try AtomicFolder.removeLeftovers(in: folder.path)
      #expect(try FilePath.list(folder.path) == (others + ["precious"]).sorted())
    }
  }

  @Test func aTemporaryNameThatIsTakenIsPassedOver() throws {
    try withTemporaryFolder { folder in
      let path = folder.appending("file")
      for number in 0..<2000 {
        #expect(symlink("elsewhere", "\(path).tmp-\(getpid())" + (number == 0 ? "" : "-\(number)")) == 0)
      }
      try AtomicFile.write(path, "text")
      #expect(try content(path) == Array("text".utf8))
      #expect(!FilePath.exists(folder.appending("elsewhere")))
    }
  }

  /// The id of a process that has ended.
  private func deadProcess() throws -> Int32 {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = ["-c", "true"]
    try process.run()
    process.waitUntilExit()
    return process.processIdentifier
  }
}

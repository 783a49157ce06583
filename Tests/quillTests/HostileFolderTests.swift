import Foundation
import TestSupport
import Testing

/// Folders of somebody else's: links are not written through, pipes not waited for, control characters not sent on.
@Suite(.timeLimit(.minutes(20))) struct HostileFolderTests {
  private func link(_ name: String, to target: String, in folder: URL) throws {
    let path = folder.appending(path: name)
    try? FileManager.default.removeItem(at: path)
    try FileManager.default.createSymbolicLink(atPath: path.path, withDestinationPath: target)
  }

  private static let goOn = ["train", "--resume", "--output", "run", "--set", "steps=32"]

  @Test(arguments: [".lock", "metrics.jsonl", "run.json", "loss.svg", "loss.dat", "config.json", "best"])
  func aResumeWritesThroughNoLink(name: String) throws {
    try TinyRun.shared.get().withCopy { run, folder in
      let victim = folder.appending(path: "victim")
      try Data("precious".utf8).write(to: victim)
      try link("run/\(name)", to: victim.path, in: folder)
      let result = try run.quill(Self.goOn)
      #expect(try Data(contentsOf: victim) == Data("precious".utf8))
      // The lock is opened as it is, the metrics are read first; every other name is replaced.
      let code: Int32 = name == ".lock" ? 74 : name == "metrics.jsonl" ? result.exitCode : 0
      #expect(result.exitCode == code, "\(result.error)")
    }
  }

  @Test(arguments: [".lock", "runs.jsonl", "runs", "fits", "runs/ID", "runs/ID/.claim", "runs/ID/stderr.txt"])
  func aSweepWritesThroughNoLink(name: String) throws {
    try TinyRun.shared.get().withCopy { run, folder in
      let planned = try run.quill(SweepTests.plan + ["s", "--json"])
      let runs = try #require(try planned.json["runs"] as? [[String: Any]], "\(planned.error)")
      let id = try #require(runs[0]["id"] as? String)
      let elsewhere = folder.appending(path: "elsewhere")
      try FileManager.default.createDirectory(at: elsewhere, withIntermediateDirectories: true)
      let isFolder = ["runs", "fits", "runs/ID"].contains(name)
      let victim = isFolder ? elsewhere : folder.appending(path: "victim")
      if !isFolder { try Data("{}\n".utf8).write(to: victim) }
      let place = "s/" + name.replacing("ID", with: id)
      try FileManager.default.createDirectory(
        at: folder.appending(path: place).deletingLastPathComponent(), withIntermediateDirectories: true)
      try link(place, to: victim.path, in: folder)
      let result = try run.quill("sweep", "run", "s")
      #expect(result.exitCode == (name == "runs.jsonl" ? 65 : 74), "\(result.exitCode) \(result.error)")
      #expect(try FileManager.default.contentsOfDirectory(atPath: elsewhere.path).isEmpty)
      if !isFolder { #expect(try Data(contentsOf: victim) == Data("{}\n".utf8)) }
    }
  }

  @Test(.timeLimit(.minutes(20))) func pipesAreRefusedAndNotWaitedFor() throws {
    try TinyRun.shared.get().withCopy { run, folder in
      #expect(mkfifo(folder.appending(path: "pipe").path, 0o600) == 0)
      try FileManager.default.createDirectory(
        at: folder.appending(path: "texts"), withIntermediateDirectories: true)
      try link("texts/zero.txt", to: "/dev/zero", in: folder)
      try link("config.pipe", to: "pipe", in: folder)
      for arguments in [
        ["tokenizer", "train", "pipe", "--vocab-size", "300", "--output", "new.json"],
        ["tokenizer", "train", "texts", "--vocab-size", "300", "--output", "new.json"],
        ["tokenizer", "encode", "--tokenizer", "pipe", "text"],
        ["corpus", "pack", "texts", "--tokenizer", "tales.json", "--output", "new"],
        ["fit", "pipe"], ["sample", "pipe"],
        ["train", "--corpus", "tales", "--output", "new", "--config", "config.pipe"],
      ] {
        let result = try run.quill(arguments)
        #expect(
          result.exitCode == 65 || result.exitCode == 66, "\(arguments): \(result.exitCode) \(result.error)")
        #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "new").path))
      }
    }
  }

  @Test func controlCharactersOfANameAreShownAndLongMessagesCut() throws {
    let run = try TinyRun.shared.get()
    let result = try run.quill("sample", "a\u{1B}[2J\nb\u{202E}")
    #expect(result.exitCode == 66)
    #expect(result.error.contains("a␛[2J␊b[U+202E]"), "\(result.error)")
    let long = try run.quill("sample", String(repeating: "x/", count: 5000))
    #expect(long.error.count < 1_100 && long.error.contains("…"), "\(long.error)")
  }

  @Test func aRunWhoseLossIsHugeCanBeResumedAndSampled() throws {
    try TinyRun.shared.get().withCopy { run, _ in
      let huge = ["--set", "steps=25", "--set", "lr=1000", "--set", "min_lr=1000", "--set", "warmup=0"]
      let first = try run.quill(["train", "--resume", "--output", "run", "--json"] + huge)
      #expect(first.exitCode == 0, "\(first.error)")
      let loss = try #require(try first.json["val_loss"] as? Double)
      #expect(loss > 709.8, "the loss is not huge enough for this test: \(loss)")
      let second = try run.quill(
        [
          "train", "--resume", "--output", "run", "--set", "steps=26", "--set", "lr=1e-3", "--set",
          "min_lr=1e-3",
        ])
      #expect(second.exitCode == 0, "\(second.error)")
      #expect(try run.quill("sample", "run", "--tokens", "3").exitCode == 0)
    }
  }

  @Test func missingMetricsAreSaidOnce() throws {
    try TinyRun.shared.get().withCopy { run, folder in
      try FileManager.default.removeItem(at: folder.appending(path: "run/metrics.jsonl"))
      let result = try run.quill(Self.goOn)
      #expect(result.exitCode == 0, "\(result.error)")
      #expect(result.error.contains("lacks the records of steps 1 to 24"), "\(result.error)")
    }
  }

  @Test func leftoversOfAKilledProcessGoOnAResume() throws {
    try TinyRun.shared.get().withCopy { run, folder in
      // No process has an id this high on Linux (PID_MAX_LIMIT is 2^22).
      for name in ["config.json.tmp-4194305-2", "step-00000024.gone-4194305"] {
        try link("run/\(name)", to: "../tales.txt", in: folder)
      }
      try Data().write(to: folder.appending(path: "run/mine.tmp"))
      #expect(try run.quill(Self.goOn).exitCode == 0)
      let names = try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: "run").path)
      #expect(!names.contains { $0.contains("4194305") } && names.contains("mine.tmp"))
      #expect(FileManager.default.fileExists(atPath: folder.appending(path: "tales.txt").path))
    }
  }
}

import Foundation
import Testing

/// Input that cannot be used: the documented exit code, one clear sentence, and nothing damaged.
@Suite(.timeLimit(.minutes(20))) struct BadInputTests {
  /// Runs a command that must fail, and checks that it leaves every file as it was.
  private func expectFailure(
    _ arguments: [String], exitCode: Int32, mentions: String, in folder: URL
  ) throws {
    let before = try contents(of: folder)
    let result = try QuillProcess.run(arguments, in: folder)
    #expect(result.exitCode == exitCode, "\(arguments): \(result.error)")
    #expect(result.output.isEmpty, "\(arguments)")
    let problem = result.error.components(separatedBy: "Error: ").last ?? ""
    #expect(result.error.contains("Error: ") && problem.contains(mentions), "\(result.error)")
    #expect(try contents(of: folder) == before, "\(arguments) left something behind or changed a file")
  }

  private func write(_ text: String, to name: String, in folder: URL) throws {
    try Data(text.utf8).write(to: folder.appending(path: name))
  }

  @Test func missingInputExits66() throws {
    try TinyRun.shared.get().withCopy { _, folder in
      for (arguments, name) in [
        (["tokenizer", "train", "absent.txt", "--vocab-size", "300", "--output", "new.json"], "absent.txt"),
        (["tokenizer", "encode", "--tokenizer", "absent.json", "hello"], "absent.json"),
        (["corpus", "pack", "absent.txt", "--tokenizer", "tales.json", "--output", "new"], "absent.txt"),
        (["corpus", "pack", "tales.txt", "--tokenizer", "absent.json", "--output", "new"], "absent.json"),
        (["corpus", "inspect", "absent"], "absent"),
        (["corpus", "verify", "absent"], "absent"),
        (["train", "--corpus", "absent", "--output", "new"], "absent"),
        (["train", "--resume", "--output", "new"], "new"),
        (["evaluate", "absent", "--corpus", "tales"], "absent"),
        (["evaluate", "run", "--corpus", "absent"], "absent"),
        (["sample", "absent"], "absent"),
        (["repl", "absent"], "absent"),
        (["sweep", "report", "absent"], "absent"),
      ] {
        try expectFailure(arguments, exitCode: 66, mentions: name, in: folder)
      }
    }
  }

  @Test func anEmptyTextExits65() throws {
    try TinyRun.shared.get().withCopy { _, folder in
      try write("", to: "empty.txt", in: folder)
      let packing = ["corpus", "pack", "empty.txt", "--tokenizer", "tales.json", "--output", "new"]
      try expectFailure(packing, exitCode: 65, mentions: "no text", in: folder)
      let training = ["tokenizer", "train", "empty.txt", "--vocab-size", "300", "--output", "new.json"]
      try expectFailure(training, exitCode: 65, mentions: "no text", in: folder)
    }
  }

  /// One token makes no window of an input and a target: packing or, at the latest, training says so.
  @Test func aCorpusOfOneTokenExits65() throws {
    try TinyRun.shared.get().withCopy { run, folder in
      try write("a", to: "letter.txt", in: folder)
      let packing = try run.quill(
        "corpus", "pack", "letter.txt", "--tokenizer", "tales.json", "--output", "letter")
      if packing.exitCode == 0 {
        let training = ["train", "--corpus", "letter", "--output", "new"] + TinyRun.settings
        try expectFailure(training, exitCode: 65, mentions: "token", in: folder)
      } else {
        #expect(packing.exitCode == 65, "\(packing.error)")
      }
    }
  }

  @Test func aContextLongerThanTheCorpusExits65() throws {
    try TinyRun.shared.get().withCopy { _, folder in
      let arguments = ["train", "--corpus", "tales", "--output", "new"] + TinyRun.settings
      try expectFailure(
        arguments + ["--set", "context=200000"], exitCode: 65, mentions: "context", in: folder)
    }
  }

  @Test func anotherTokenizersCorpusExits65() throws {
    try TinyRun.shared.get().withCopy { run, folder in
      let made = try run.quill(
        "tokenizer", "train", "tales.txt", "--vocab-size", "300", "--output", "other.json")
      #expect(made.exitCode == 0)
      let packed = try run.quill(
        "corpus", "pack", "tales.txt", "--tokenizer", "other.json", "--output", "other")
      #expect(packed.exitCode == 0)
      try expectFailure(
        ["evaluate", "run", "--corpus", "other"], exitCode: 65, mentions: "tokenizer", in: folder)
      // A tokenizer swapped inside the corpus is noticed, too.
      let inside = try #require(
        try files(in: folder.appending(path: "tales"), endingWith: "tokenizer.json").first)
      try FileManager.default.removeItem(at: inside)
      try FileManager.default.copyItem(at: folder.appending(path: "other.json"), to: inside)
      try expectFailure(["corpus", "verify", "tales"], exitCode: 65, mentions: "tokenizer", in: folder)
      try expectFailure(
        ["train", "--corpus", "tales", "--output", "new"] + TinyRun.settings, exitCode: 65,
        mentions: "tokenizer", in: folder)
    }
  }

  enum Damage: String, CaseIterable, CustomTestStringConvertible {
    case truncated, flippedBit, emptied
    var testDescription: String { rawValue }

    func apply(to file: URL) throws {
      var data = try Data(contentsOf: file)
      switch self {
      case .truncated: data.removeLast(data.count / 3 + 1)
      case .flippedBit: data[data.startIndex + data.count / 2] ^= 0x10
      case .emptied: data = Data()
      }
      try data.write(to: file)
    }
  }

  @Test(arguments: Damage.allCases)
  func aDamagedShardExits65(_ damage: Damage) throws {
    try TinyRun.shared.get().withCopy { _, folder in
      let corpus = folder.appending(path: "tales")
      let shards = try files(in: corpus, endingWith: "").filter { $0.lastPathComponent.hasPrefix("train") }
      try damage.apply(to: #require(shards.first))
      try expectFailure(["corpus", "verify", "tales"], exitCode: 65, mentions: "train", in: folder)
    }
  }

  @Test(arguments: Damage.allCases)
  func aDamagedCheckpointExits65(_ damage: Damage) throws {
    try TinyRun.shared.get().withCopy { _, folder in
      let weights = try files(in: folder.appending(path: "run"), endingWith: "/model.safetensors")
        .filter { $0.path.contains("/step-") }
      #expect(!weights.isEmpty)
      for file in weights { try damage.apply(to: file) }
      for arguments in [["sample", "run"], ["evaluate", "run", "--corpus", "tales"]] {
        try expectFailure(arguments, exitCode: 65, mentions: "model.safetensors", in: folder)
      }
    }
  }

  @Test func anUnknownConfigurationKeyNamesTheNearest() throws {
    try TinyRun.shared.get().withCopy { _, folder in
      let arguments = ["train", "--corpus", "tales", "--output", "new", "--set", "widht=64"]
      try expectFailure(arguments, exitCode: 64, mentions: "width", in: folder)
    }
  }
}

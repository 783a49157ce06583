import Foundation
import Testing

@testable import quill

/// Library errors name parameters and tasks; the program says them as its users type them.
@Suite(.timeLimit(.minutes(20))) struct CommandLineWordsTests {
  private let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// The code lines of every file of the library's targets, with their files.
  private func libraryLines() throws -> [(file: String, line: String)] {
    let sources = root.appending(path: "Sources")
    let program = ["quill", "CommandLineKit"]
    let targets = try FileManager.default.contentsOfDirectory(atPath: sources.path)
    return try targets.filter { !program.contains($0) }.flatMap { target in
      let folder = sources.appending(path: target)
      let files = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
      return try files.filter { $0.hasSuffix(".swift") }.flatMap { file in
        try String(contentsOf: folder.appending(path: file), encoding: .utf8).split(separator: "\n")
          .map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.hasPrefix("//") }
          .map { (file: "\(target)/\(file)", line: $0) }
      }
    }
  }

  /// All options of all commands, from the help that is pinned.
  private func options() throws -> Set<String> {
    let folder = root.appending(path: "Tests/quillTests/Help")
    let texts = try FileManager.default.contentsOfDirectory(atPath: folder.path).map {
      try String(contentsOf: folder.appending(path: $0), encoding: .utf8)
    }
    return Set(texts.joined().matches(of: /--[a-z][a-z-]*/).map { String($0.output) })
  }

  @Test func everyParameterThatTheLibraryNamesIsAnOption() throws {
    let options = try options()
    let names = try libraryLines().flatMap { entry in
      entry.line.matches(of: /Vocabulary\.parameter\("(\w+)"/).map { String($0.output.1) }
    }
    #expect(names.count > 20)
    for name in Set(names) {
      #expect(options.contains(CommandLineWords().parameter(name, nil)), "\(name)")
    }
  }

  /// What is written into other programs' files and scripts is their language.
  @Test func noTextOfTheLibraryNamesAnOptionOrACommand() throws {
    let exceptions: Set = ["Reports/Sweep/Page/PageStyle.swift", "Sweeps/Running/SlurmScript.swift"]
    for (file, line) in try libraryLines() where !exceptions.contains(file) {
      let found = line.firstMatch(of: /"[^"]*(--[a-z]|'quill [a-z])/)
      #expect(found == nil, "\(file): \(line)")
    }
  }

  @Test func remediesCanBePasted() {
    let words = CommandLineWords()
    #expect(words.parameter("topK", nil) == "--top-k")
    #expect(words.parameter("evaluationWindows", "64") == "--eval-windows 64")
    #expect(words.setting("lr", "1e-3") == "--set lr=1e-3")
    #expect(words.task(.runSweep("sweeps/a b$c")) == #"'quill sweep run sweeps/a\ b\$c'"#)
    #expect(words.task(.runSweep("a\nb's")) == #"'quill sweep run $'a\x0Ab\'s''"#)
    #expect(words.task(.train(output: "größer/1.5")) == "'quill train --corpus CORPUS --output größer/1.5'")
  }
}

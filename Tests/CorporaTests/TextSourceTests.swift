import Foundation
import Storage
import TestSupport
import Testing

@testable import Corpora

@Suite(.timeLimit(.minutes(20))) struct TextSourceTests {
  private func documents(
    _ paths: [String], field: String = "text", rule: DocumentRule? = nil
  ) throws -> [String] {
    var texts: [String] = []
    for source in try TextSource.resolve(paths, field: field, documents: rule) {
      try source.forEachDocument { (document) throws(QuillError) in
        texts.append(String(decoding: document.bytes, as: UTF8.self))
      }
    }
    return texts
  }

  @Test func folderIsReadRecursivelyInByteOrderWithoutHiddenFilesAndSidecars() throws {
    try withTemporaryFolder { folder in
      try FilePath.createFolder(folder.appending("sub/.git"))
      // With a mark that combines with it, a dot is no `Character` of its own, but hides as well.
      try FilePath.createFolder(folder.path + "/sub/.\u{301}git")
      try FilePath.createFolder(folder.path + "/sub/\u{301}.open")
      for (name, text) in [
        ("b.txt", "B"), ("a.txt", "A"), ("sub/c.txt", "C"), (".hidden", "H"), ("sub/.git/x", "X"),
        ("empty", ""), (".\u{301}hidden", "M"), ("sub/.\u{301}git/y", "Y"), ("sub/\u{301}.open/z", "Z"),
        ("a.txt.json", "{}"), ("alone.json", "J"),
      ] {
        try AtomicFile.write("\(folder.path)/\(name)", text)
      }
      #expect(try documents([folder.path]) == ["A", "J", "B", "C", "Z"])
      #expect(try documents([folder.appending("b.txt"), folder.appending("sub")]) == ["B", "C", "Z"])
    }
  }

  @Test func linesAreDocuments() throws {
    try withTemporaryFolder { folder in
      let path = folder.appending("a.jsonl")
      let lines = #"{"text":"one\ntwo","id":1}"# + "\n\n" + #"{"id":2,"text":""}"# + "\r\n" + #"{"text":"é"}"#
      try AtomicFile.write(path, lines)
      #expect(try documents([path]) == ["one\ntwo", "é"])
      try AtomicFile.write(folder.appending("b.jsonl"), #"{"story":"s"}"#)
      #expect(try documents([folder.appending("b.jsonl")], field: "story") == ["s"])
    }
  }

  @Test(arguments: [
    ("", [], []),
    ("one", ["one"], ["one"]),
    ("\n \n", ["\n \n"], ["\n \n"]),
    ("a\nb\n", ["a\n", "b\n"], ["a\nb\n"]),
    ("a\n\nb", ["a\n\n", "b"], ["a\n\n", "b"]),
    ("\n\na\n b\n\n\n\tc\nd", ["\n\na\n", " b\n\n\n", "\tc\n", "d"], ["\n\na\n b\n\n\n", "\tc\nd"]),
    ("a\r\n\r\nb\r\nc\n \t\n", ["a\r\n\r\n", "b\r\n", "c\n \t\n"], ["a\r\n\r\n", "b\r\nc\n \t\n"]),
  ])
  func rulesCutPlainTexts(text: String, lines: [String], paragraphs: [String]) throws {
    try withTemporaryFolder { folder in
      let path = folder.appending("a.txt")
      try AtomicFile.write(path, text)
      #expect(try documents([path], rule: .line) == lines)
      #expect(try documents([path], rule: .blankLine) == paragraphs)
      #expect(try documents([path], rule: .file) == (text.isEmpty ? [] : [text]))
      #expect(try documents([path]) == documents([path], rule: .file))
      // A .jsonl file has a document in every line, whatever the rule; a compressed file is cut like a plain one.
      try AtomicFile.write(folder.appending("b.jsonl"), #"{"text":"x\ny\n\nz"}"#)
      for rule in DocumentRule.allCases {
        #expect(try documents([folder.appending("b.jsonl")], rule: rule) == ["x\ny\n\nz"])
      }
      try AtomicFile.write(folder.appending("c.txt.zst"), Zstd.compress(Array(text.utf8)))
      #expect(try documents([folder.appending("c.txt.zst")], rule: .blankLine) == paragraphs)
    }
  }

  @Test func sidecarsNameTheRuleUnlessOneIsAskedFor() throws {
    try withTemporaryFolder { folder in
      let path = folder.appending("a.txt")
      try AtomicFile.write(path, "a\n\nb\nc")
      let sidecar = #"{"bytes":6,"information_bits":1,"documents":"blank-line"}"#
      try AtomicFile.write(path + ".json", sidecar)
      #expect(try documents([path]) == ["a\n\n", "b\nc"])
      #expect(try documents([folder.path]) == ["a\n\n", "b\nc"])
      #expect(try documents([path], rule: .line) == ["a\n\n", "b\n", "c"])
      #expect(try documents([path], rule: .file) == ["a\n\nb\nc"])
      try AtomicFile.write(path + ".json", sidecar.replacing("blank-line", with: "page"))
      expectError(.badData, containing: "a.txt.json", "unknown documents 'page'") { _ = try documents([path]) }
    }
  }

  @Test func compressedFilesAreDecompressed() throws {
    guard findProgram("gzip") != nil else { return }
    try withTemporaryFolder { folder in
      let lines = (0..<5000).map { #"{"text":"story number \#($0)"}"# }.joined(separator: "\n")
      try AtomicFile.write(folder.appending("a.jsonl"), lines)
      try AtomicFile.write(folder.appending("b.jsonl.zst"), Zstd.compress(Array(lines.utf8)))
      _ = try runProgram("gzip", ["-k", "a.jsonl"], in: folder)
      let expected = (0..<5000).map { "story number \($0)" }
      for name in ["a.jsonl", "a.jsonl.gz", "b.jsonl.zst"] {
        #expect(try documents([folder.appending(name)]) == expected, "\(name)")
      }
      try AtomicFile.write(folder.appending("c.txt.zst"), Zstd.compress(Array("text".utf8)))
      #expect(try documents([folder.appending("c.txt.zst")]) == ["text"])
    }
  }

  @Test(arguments: [
    (#"{"text":"a"}"# + "\n" + #"{"text":b}"#, "a.jsonl, line 2, column 9: JSON"),
    (#"{"text":"a"}"# + "\n\n[1]", "a.jsonl, line 3: expected an object"),
    (#"{"story":"a","id":3}"#, "a.jsonl, line 1: the field 'text' is missing (found 'story', 'id')"),
    (#"{"text":7}"#, "a.jsonl, line 1, key text: expected a string"),
  ])
  func badLinesAreNamed(lines: String, message: String) throws {
    try withTemporaryFolder { folder in
      try AtomicFile.write(folder.appending("a.jsonl"), lines)
      expectError(.badData, containing: message) { _ = try documents([folder.appending("a.jsonl")]) }
    }
  }

  @Test func missingInputsAreNamed() throws {
    try withTemporaryFolder { folder in
      expectError(.missingInput, containing: "absent.txt", "no such file") {
        _ = try documents([folder.appending("absent.txt")])
      }
      expectError(.missingInput, containing: "holds no text files") { _ = try documents([folder.path]) }
    }
  }
}

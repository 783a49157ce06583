import Foundation
import LineEditing
import Storage
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(20))) struct InputHistoryTests {
  @Test func entriesComeBackInTheNextRun() throws {
    try withTemporaryFolder { folder in
      let path = folder.appending(path: "state/quill/history").path
      var first = InputHistory(path: path)
      for entry in ["one", "one", "", "two\nlines \\n", "\u{1B}[2J 世界"] { first.add(entry) }
      try first.save()
      var second = InputHistory(path: path)
      try second.load()
      #expect(second.entries == ["one", "two\nlines \\n", "\u{1B}[2J 世界"])
      let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
      #expect(mode == 0o600)
    }
  }

  @Test func twoRunsAtOnceBothAreKept() throws {
    try withTemporaryFolder { folder in
      let path = folder.appending(path: "history").path
      var (first, second) = (InputHistory(path: path), InputHistory(path: path))
      first.add("a")
      second.add("b")
      try first.save()
      try second.save()
      try first.save()
      var third = InputHistory(path: path)
      try third.load()
      #expect(third.entries == ["a", "b"])
    }
  }

  @Test func itIsBounded() throws {
    try withTemporaryFolder { folder in
      let path = folder.appending(path: "history").path
      var history = InputHistory(path: path)
      for number in 0..<1500 { history.add("entry \(number)") }
      history.add(String(repeating: "x", count: 10_001))
      try history.save()
      var next = InputHistory(path: path)
      try next.load()
      #expect(next.entries.count == 1000 && next.entries.last == "entry 1499")
    }
  }

  @Test func whatCannotBeWrittenIsAnError() throws {
    var history = InputHistory(path: "/dev/null/quill/history")
    history.add("a")
    #expect(throws: QuillError.self) { try history.save() }
    var none = InputHistory(path: nil)
    none.add("a")
    try none.save()
    try none.load()
    #expect(none.entries == ["a"])
  }

  @Test func thePlaceIsTheSpecifications() {
    #expect(InputHistory.usualPath(["XDG_STATE_HOME": "/s", "HOME": "/h"]) == "/s/quill/history")
    #expect(InputHistory.usualPath(["XDG_STATE_HOME": "s", "HOME": "/h"]) == "/h/.local/state/quill/history")
    #expect(InputHistory.usualPath([:]) == nil)
  }
}

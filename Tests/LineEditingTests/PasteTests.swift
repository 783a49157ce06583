@testable import LineEditing
import Testing

@Suite(.timeLimit(.minutes(20))) struct PasteTests {
  @Test func aShortPasteIsText() {
    var pastes = Pastes()
    #expect(pastes.add(Array("Grüße, 世界".utf8)) == "Grüße, 世界")
    #expect(pastes.add(Array("with its line end\r\n".utf8)) == "with its line end")
  }

  @Test func severalLinesAreAMarkThatStandsForThem() {
    var pastes = Pastes()
    let first = pastes.add(Array("a\r\nb\rc\n".utf8))
    #expect(first == "[paste 1: 3 lines, 5 bytes]")
    let second = pastes.add(Array(first.utf8) + Array("\n\n".utf8))
    #expect(second == "[paste 2: 2 lines, 28 bytes]")
    #expect(pastes.expanded("x \(second) y \(first)\(first)") == "x \(first)\n y a\nb\nca\nb\nc")
    #expect(pastes.expanded("nothing") == "nothing")
  }

  @Test func controlCharactersAndLongLinesAreKeptOutOfTheLine() {
    var pastes = Pastes()
    #expect(pastes.add(Array("a\u{1B}[2Jb".utf8)) == "[paste 1: 1 line, 6 bytes]")
    let long = String(repeating: "a", count: 100_000)
    let mark = pastes.add(Array(long.utf8))
    #expect(mark == "[paste 2: 1 line, 100,000 bytes]" && pastes.expanded(mark) == long)
  }

  @Test func candidatesShareTheirBeginning() {
    #expect(Completion(replacedCount: 1, candidates: ["/reset", "/retry", "/redo"]).commonBeginning == "/re")
    #expect(Completion(replacedCount: 0, candidates: []).commonBeginning == "")
  }
}

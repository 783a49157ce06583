import Testing

@testable import Formatting

@Suite(.timeLimit(.minutes(20))) struct DisplayWidthTests {
  @Test(arguments: [
    ("", 0), ("abc", 3), ("ä", 1), ("a\u{308}", 1), ("世界", 4), ("😀", 2), ("👩‍👩‍👧", 2), ("❤️", 2), ("한글", 4),
    ("␛", 1), ("\u{200B}", 0),
    ("ｱ", 1), ("Ａ", 2),
  ])
  func columnsAreThoseOfATerminal(_ text: String, _ columns: Int) {
    #expect(DisplayWidth.columns(of: text) == columns)
  }

  @Test func linesAreBrokenAtSpacesAndFit() {
    #expect(DisplayWidth.wrapped("one two three", width: 8) == ["one two ", "three"])
    #expect(DisplayWidth.wrapped("abcdefghij", width: 4) == ["abcd", "efgh", "ij"])
    #expect(DisplayWidth.wrapped("世界世界", width: 5) == ["世界", "世界"])
    #expect(DisplayWidth.wrapped("a\n\nb", width: 5) == ["a", "", "b"])
    for width in 2...20 {
      for line in DisplayWidth.wrapped("The quick 世界 brown 😀 fox", width: width) {
        #expect(DisplayWidth.columns(of: line) <= width)
      }
    }
  }

  @Test func tablesAreAlignedByColumns() {
    #expect(Table([["世界", "a"], ["x", "b"]]).rendered() == "世界  a\nx     b\n")
  }
}

import Storage
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(20))) struct CSVLineTests {
  @Test func plainFieldsAreWrittenAsTheyAre() {
    #expect(CSVTable.line(["a", "", "1e-3", "x y"]) == "a,,1e-3,x y")
    #expect(CSVTable.line(["#a", "b\"c", "d,e"]) == "\"#a\",\"b\"\"c\",\"d,e\"")
  }

  @Test func everyLineIsReadAsItWasWritten() throws {
    let alphabet: [Unicode.Scalar] = ["a", ",", ";", "\t", "\"", "\n", "\r", "#", " ", "é", "\u{301}"]
    for seed in UInt64(0)..<500 {
      var random = SeededGenerator(seed: seed)
      let fields = (0..<3).map { index in
        var text = String.UnicodeScalarView(index == 0 ? ["x"] : [])
        for _ in 0..<Int.random(in: 0...6, using: &random) {
          text.append(alphabet.randomElement(using: &random)!)
        }
        return String(text)
      }
      let shuffled = fields.shuffled(using: &random)
      let file = "one,two,three\n" + CSVTable.line(shuffled) + "\n"
      let table = try CSVTable(Array(file.utf8), place: "table")
      #expect(table.records.map(\.fields) == [shuffled], "seed \(seed)")
    }
  }
}

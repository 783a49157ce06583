import Testing

@testable import Sampling

@Suite(.timeLimit(.minutes(20))) struct StopFilterTests {
  /// What comes out when `text` goes in as pieces, and whether a stop string ended it.
  private func run(_ stops: [String], _ text: String, pieceLength: Int) -> (text: String, stopped: Bool) {
    var filter = StopFilter(stops)
    var result: [UInt8] = []
    let bytes = Array(text.utf8)
    for start in stride(from: 0, to: bytes.count, by: pieceLength) {
      result += filter.push(bytes[start..<min(bytes.count, start + pieceLength)])
    }
    let stopped = filter.isStopped
    return (String(decoding: result + filter.finish(), as: UTF8.self), stopped)
  }

  @Test(
    arguments: [
      (["END"], "one END two", "one ", true),
      (["END"], "one EN", "one EN", false),
      (["END"], "EEND", "E", true),
      (["aab"], "aaab", "a", true),
      (["abab"], "ababab", "", true),
      (["\n\n", "."], "a\nb.\n\n", "a\nb", true),
      (["abcd", "bc"], "abcd", "a", true),
      (["n", "on"], "abon", "ab", true),
      (["on", "n"], "abon", "ab", true),
      (["é"], "è é", "è ", true),
      ([], "anything", "anything", false),
      ([""], "anything", "anything", false),
    ] as [([String], String, String, Bool)])
  func nothingOfAStopStringComesOut(_ stops: [String], _ text: String, _ expected: String, _ stopped: Bool) {
    for length in 1...4 {
      let found = run(stops, text, pieceLength: length)
      #expect(found.text == expected && found.stopped == stopped, "pieces of \(length)")
    }
  }

  @Test func onlyWhatMayBeginAStopStringWaits() {
    var filter = StopFilter(["<end>"])
    let first = filter.push(Array("ab<e".utf8))
    #expect(first == Array("ab".utf8))
    let second = filter.push(Array("l".utf8))
    #expect(second == Array("<el".utf8))
  }
}

import Testing

@testable import Formatting

@Suite(.timeLimit(.minutes(20))) struct NearestNameTests {
  @Test(arguments: [
    ("", "abc", 3), ("abc", "abc", 0), ("abc", "acb", 1), ("kitten", "sitting", 3), ("lr", "min_lr", 4),
    ("a", "", 1),
  ])
  func editDistance(_ a: String, _ b: String, _ expected: Int) {
    #expect(NearestName.editDistance(a, b) == expected)
    #expect(NearestName.editDistance(b, a) == expected)
  }

  @Test(arguments: [
    ("temprature", "temperature"), ("temp", "temperature"), ("--tokns", "--tokens"), ("xyz", nil), ("t", nil),
  ])
  func onlyWhatIsNearIsSuggested(_ name: String, _ expected: String?) {
    let candidates = ["temperature", "tokens", "--tokens"]
    #expect(NearestName.suggestion(for: name, among: candidates) == expected)
  }
}

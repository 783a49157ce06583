import TestSupport
import Testing

@testable import Insight

/// The order of suffixes, as the definition has it.
func sortedSuffixes(_ text: [UInt16]) -> [Int32] {
  text.indices.sorted { text[$0...].lexicographicallyPrecedes(text[$1...]) }.map { Int32($0) }
}

func suffixArray(_ text: [UInt16]) -> [Int32] {
  let symbolCount = Int(text.max() ?? 0) + 1
  var narrow = [Int32](repeating: -1, count: text.count)
  text.withUnsafeBufferPointer { text in
    narrow.withUnsafeMutableBufferPointer { suffixArray(of: text, symbolCount: symbolCount, into: $0) }
  }
  var wide = [Int32](repeating: -1, count: text.count)
  text.map { UInt32($0) }.withUnsafeBufferPointer { text in
    wide.withUnsafeMutableBufferPointer { suffixArray(of: text, symbolCount: symbolCount, into: $0) }
  }
  #expect(narrow == wide)
  return narrow
}

@Suite(.timeLimit(.minutes(20))) struct SuffixSortingTests {
  @Test func textsOfAHandfulAreSorted() {
    #expect(suffixArray([]) == [])
    #expect(suffixArray([7]) == [0])
    #expect(suffixArray([1, 0, 2, 0, 2, 0]) == [5, 3, 1, 0, 4, 2])
    #expect(suffixArray([0, 0, 0, 0]) == [3, 2, 1, 0])
    #expect(suffixArray([3, 2, 1, 0]) == [3, 2, 1, 0])
    #expect(suffixArray([0, 1, 2, 3]) == [0, 1, 2, 3])
  }

  /// Every text of up to 8 symbols over 3, so that no case at an end is left out.
  @Test func allShortTextsAreSorted() {
    for length in 0...8 {
      var text = [UInt16](repeating: 0, count: length)
      repeat {
        let found = suffixArray(text)
        let expected = sortedSuffixes(text)
        guard found == expected else {
          Issue.record("\(text): expected \(expected), found \(found)")
          return
        }
      } while advance(&text, below: 3)
    }
  }

  private func advance(_ text: inout [UInt16], below bound: UInt16) -> Bool {
    for index in text.indices.reversed() {
      text[index] += 1
      if text[index] < bound { return true }
      text[index] = 0
    }
    return false
  }

  @Test(arguments: FreshSeed.some(40))
  func randomTextsAreSorted(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let bound = [1, 2, 3, 5, 40, 1_000, 65_536].randomElement(using: &random)!
    let text = random.tokens(Int.random(in: 1...3_000, using: &random), below: bound).map { UInt16($0) }
    #expect(suffixArray(text) == sortedSuffixes(text), "\(bound) symbols")
  }

  /// Repetitions need the recursion to its depth.
  @Test(arguments: FreshSeed.some(20))
  func textsOfRepetitionsAreSorted(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var text: [UInt16] = random.tokens(Int.random(in: 1...6, using: &random), below: 3).map { UInt16($0) }
    while text.count < 1_500 {
      let start = Int.random(in: 0..<text.count, using: &random)
      text += text[start...].prefix(Int.random(in: 1...400, using: &random))
      if Bool.random(using: &random) { text.append(UInt16.random(in: 0..<3, using: &random)) }
    }
    #expect(suffixArray(text) == sortedSuffixes(text))
  }
}

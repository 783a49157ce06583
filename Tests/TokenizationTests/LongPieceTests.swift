import Testing

@testable import Tokenization

/// Pieces of any length are merged in memory for a window of them, and come out as if they were merged as a whole.
@Suite(.timeLimit(.minutes(20))) struct LongPieceTests {
  /// A tokenizer that has learned runs, so that where a token begins depends on where its run began.
  private static let tokenizer: BytePairTokenizer = {
    let trainer = BytePairTrainer(split: .gpt4)
    var state: UInt32 = 1
    for length in 1..<400 {
      trainer.add(Array(repeating: UInt8(ascii: "a"), count: length))
      trainer.add((0..<length).map { _ in next(&state, from: "abcab") })
      trainer.endText()
    }
    return trainer.train(vocabularySize: 600, specialTokens: [])
  }()

  private static func next(_ state: inout UInt32, from alphabet: StaticString) -> UInt8 {
    state = state &* 1_664_525 &+ 1_013_904_223
    return alphabet.utf8Start[Int(state >> 16) % alphabet.utf8CodeUnitCount]
  }

  private static func text(_ kind: String, count: Int) -> [UInt8] {
    var state: UInt32 = 7
    return switch kind {
    case "one letter": [UInt8](repeating: UInt8(ascii: "a"), count: count)
    case "three letters": (0..<count).map { _ in next(&state, from: "abc") }
    case "runs": (0..<count).map { $0 / 37 % 3 == 0 ? UInt8(ascii: "b") : UInt8(ascii: "a") }
    default: (0..<count).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 3) }
    }
  }

  @Test(arguments: ["one letter", "three letters", "runs", "bytes"], [16, 64, 200, 1024])
  func windowsGiveTheTokensOfTheWhole(kind: String, windowByteCount: Int) {
    var byteIDs = [TokenID](repeating: 0, count: 256)
    for (id, bytes) in Self.tokenizer.vocabulary.enumerated() where bytes.count == 1 {
      byteIDs[Int(bytes[0])] = TokenID(id)
    }
    let merger = PieceMerger(MergeTable(byteIDs: byteIDs, merges: Self.tokenizer.merges))
    let piece = Self.text(kind, count: 5001)
    func tokens(_ windowByteCount: Int) -> [TokenID] {
      var result: [TokenID] = []
      piece.withUnsafeBufferPointer { bytes in
        merger.mergeInWindows(bytes.baseAddress!, count: bytes.count, windowByteCount: windowByteCount) {
          result.append(contentsOf: $0)
        }
      }
      return result
    }
    #expect(tokens(windowByteCount) == tokens(piece.count))
  }

  @Test(arguments: ["one letter", "three letters", "bytes"])
  func blocksAreTheWholeTextsTokens(kind: String) throws {
    let text = Self.text(kind, count: 3 << 18)
    for tokenizer: any Tokenizer in [
      Self.tokenizer, ByteTokenizer(), CharacterTokenizer(characters: "abc".unicodeScalars, specialTokens: []),
    ] {
      var (ids, longest) = ([TokenID](), 0)
      try text.withUnsafeBufferPointer {
        try tokenizer.encode($0) { block in
          ids.append(contentsOf: block)
          longest = max(longest, block.count)
        }
      }
      #expect(ids == tokenizer.encode(text))
      #expect(longest <= 1 << 20)
    }
  }

  /// One run of five mebibytes is five equal parts; without a space nothing waits for the text's end.
  @Test func aLongRunIsCountedInParts() {
    let trainer = BytePairTrainer(split: .gpt4)
    let block = [UInt8](repeating: 0, count: 1 << 20)
    for _ in 0..<6 { block.withUnsafeBufferPointer { trainer.add($0) } }
    trainer.endText()
    #expect(trainer.distinctPieceCount == 1)
  }

  @Test func longPiecesThatAllDifferStopCounting() {
    let trainer = BytePairTrainer(split: .gpt4)
    var block = [UInt8](repeating: UInt8(ascii: "a"), count: PieceCounter.longestPiece)
    let count = 40
    for number in 0..<count {
      block[0] = UInt8(ascii: "a") + UInt8(number % 26)
      block[1] = UInt8(ascii: "a") + UInt8(number / 26)
      block.withUnsafeBufferPointer { trainer.add($0) }
    }
    trainer.endText()
    let kept = PieceCounter.mostLongBytes / PieceCounter.longestPiece
    #expect(trainer.skippedByteCount / PieceCounter.longestPiece >= count - kept - 1)
    #expect(trainer.distinctPieceCount >= kept && trainer.distinctPieceCount < count)
  }
}

extension BytePairTrainer {
  fileprivate func add(_ block: [UInt8]) { block.withUnsafeBufferPointer { add($0) } }
}

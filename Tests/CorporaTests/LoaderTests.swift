import Compute
import Foundation
import Storage
import TestSupport
import Testing
import Tokenization

@testable import Corpora

extension BatchLoader {
  /// Room for what `next` draws.
  func batch(marksDocuments: Bool = false) -> TokenBatch {
    TokenBatch(
      windowCount: batchSize, length: windowLength, vocabularySize: split.vocabularySize,
      marksDocuments: marksDocuments)
  }

  /// The inputs and targets of some batches, one after the other.
  func draw(_ count: Int) throws -> [[Int32]] {
    var batch = batch()
    return try (0..<count).map { _ in
      try next(into: &batch)
      return Array(batch.inputs) + Array(batch.targets)
    }
  }
}

@Suite(.timeLimit(.minutes(20))) struct WindowOrderTests {
  @Test(arguments: [(2, 1), (65, 64), (100, 64), (129, 64), (1000, 7), (4097, 16), (300, 299)])
  func everyWindowIsDrawnOncePerEpoch(tokenCount: Int, windowLength: Int) {
    let order = WindowOrder(tokenCount: tokenCount, windowLength: windowLength, seed: 5)
    for epoch in 0..<20 {
      let shift = order.shift(epoch: epoch)
      let count = order.windowCount(epoch: epoch)
      #expect(shift >= 0 && shift < windowLength)
      let starts = (0..<count).map { order.start(epoch: epoch, index: $0) }.sorted()
      #expect(starts == (0..<count).map { shift + $0 * windowLength })
      // What is left over at the end is shorter than a window.
      let rest = tokenCount - 1 - (starts.last! + windowLength)
      #expect(rest >= 0 && rest < windowLength)
    }
  }

  @Test func orderIsAPureFunctionOfSeedEpochAndIndex() {
    let order = WindowOrder(tokenCount: 10_000, windowLength: 10, seed: 1)
    let again = WindowOrder(tokenCount: 10_000, windowLength: 10, seed: 1)
    let other = WindowOrder(tokenCount: 10_000, windowLength: 10, seed: 2)
    func starts(_ order: WindowOrder, _ epoch: Int) -> [Int] {
      (0..<900).map { order.start(epoch: epoch, index: $0) }
    }
    #expect(starts(order, 3) == starts(again, 3))
    #expect(starts(order, 3) != starts(order, 4))
    #expect(starts(order, 3) != starts(other, 3))
  }

  /// Fixed for ever: a resumed run must see the windows it would have seen under an older version.
  @Test func orderNeverChanges() {
    let order = WindowOrder(tokenCount: 100_000, windowLength: 64, seed: 1337)
    #expect((0..<3).map { order.shift(epoch: $0) } == [56, 12, 48])
    #expect((0..<5).map { order.start(epoch: 0, index: $0) } == [94776, 24248, 46968, 44536, 65400])
  }

  @Test func shiftsAndPositionsLookUniform() {
    let order = WindowOrder(tokenCount: 64 * 1000 + 1, windowLength: 64, seed: 9)
    let epochs = 3000
    var counts = [Int](repeating: 0, count: 64)
    for epoch in 0..<epochs { counts[order.shift(epoch: epoch)] += 1 }
    // χ² with 63 degrees of freedom exceeds 114 with probability 1e-4.
    let expected = Double(epochs) / 64
    #expect(counts.reduce(0) { $0 + pow(Double($1) - expected, 2) / expected } < 114)
    // Neighbours in order are far apart in the text: their rank correlation is within 4/√n of 0.
    let n = 999
    let ranks = (0..<n).map { Double(order.start(epoch: 1, index: $0)) }
    let mean = ranks.reduce(0, +) / Double(n)
    let variance = ranks.reduce(0) { $0 + pow($1 - mean, 2) }
    let covariance = zip(ranks, ranks.dropFirst()).reduce(0) { $0 + ($1.0 - mean) * ($1.1 - mean) }
    #expect(abs(covariance / variance) < 4 / Double(n).squareRoot())
  }
}

@Suite(.timeLimit(.minutes(20))) struct LoaderTests {
  @Test(arguments: [0, BatchLoader.defaultResidentByteLimit])
  func targetsAreTheInputsMovedOnByOne(residentByteLimit: Int) throws {
    try withTemporaryFolder { folder in
      let corpus = try SampleCorpus.pack(byteCount: 150_000, in: folder)
      let text = try SampleCorpus.tokens(corpus.train)
      let (T, B) = (64, 5)
      let loader = try BatchLoader(
        corpus.train, windowLength: T, batchSize: B, seed: 3, residentByteLimit: residentByteLimit)
      let order = WindowOrder(tokenCount: text.count, windowLength: T, seed: 3)
      for (batch, tokens) in try loader.draw(30).enumerated() {
        for row in 0..<B {
          let start = order.start(epoch: 0, index: batch * B + row)
          #expect(tokens[row * T..<(row + 1) * T] == text[start..<start + T])
          #expect(tokens[(B + row) * T..<(B + row + 1) * T] == text[start + 1..<start + T + 1])
        }
      }
      #expect(loader.windowsDrawn == 150 && loader.epoch == 0)
    }
  }

  @Test func epochsFollowOneAnotherAcrossBatches() throws {
    try withTemporaryFolder { folder in
      let corpus = try SampleCorpus.pack(byteCount: 1000, in: folder)
      let (T, B) = (32, 7)
      let loader = try BatchLoader(corpus.train, windowLength: T, batchSize: B, seed: 4)
      let text = try SampleCorpus.tokens(corpus.train)
      let order = WindowOrder(tokenCount: text.count, windowLength: T, seed: 4)
      var expected: [[Int32]] = []
      for epoch in 0..<10 {
        for index in 0..<order.windowCount(epoch: epoch) {
          let start = order.start(epoch: epoch, index: index)
          expected.append(Array(text[start..<start + T]))
        }
      }
      let drawn = try loader.draw(30).flatMap { batch in
        (0..<B).map { Array(batch[$0 * T..<($0 + 1) * T]) }
      }
      #expect(drawn == Array(expected.prefix(drawn.count)))
      #expect(loader.epoch == 7)
    }
  }

  @Test func batchSizeDoesNotChangeTheSequence() throws {
    try withTemporaryFolder { folder in
      let corpus = try SampleCorpus.pack(byteCount: 5000, in: folder)
      func windows(_ batchSize: Int) throws -> [Int32] {
        let loader = try BatchLoader(corpus.train, windowLength: 16, batchSize: batchSize, seed: 1)
        return try loader.draw(60 / batchSize).flatMap { $0.prefix(batchSize * 16) }
      }
      let expected = try windows(1)
      #expect(try windows(4) == expected)
      #expect(try windows(30) == expected)
    }
  }

  @Test(arguments: [0, BatchLoader.defaultResidentByteLimit])
  func resumedLoaderContinuesExactly(residentByteLimit: Int) throws {
    try withTemporaryFolder { folder in
      let corpus = try SampleCorpus.pack(byteCount: 100_000, in: folder)
      func loader() throws -> BatchLoader {
        try BatchLoader(
          corpus.train, windowLength: 50, batchSize: 3, seed: 8, residentByteLimit: residentByteLimit)
      }
      let uninterrupted = try loader().draw(1500)
      for stop in [0, 1, 7, 599, 600, 601, 1400] {
        let first = try loader()
        _ = try first.draw(min(stop, 5))
        let second = try loader()
        try second.restore(windowsDrawn: stop * 3)
        #expect(try second.draw(10) == Array(uninterrupted[stop..<stop + 10]), "stop \(stop)")
        #expect(second.windowsDrawn == (stop + 10) * 3)
        // A loader that has drawn already can be moved too.
        try first.restore(windowsDrawn: stop * 3)
        #expect(try first.draw(2) == Array(uninterrupted[stop..<stop + 2]))
      }
    }
  }

  /// Documents of 1 to 41 bytes; every window and some batches against a plain search.
  @Test(arguments: [0, BatchLoader.defaultResidentByteLimit])
  func documentStartsAreThoseOfTheWindow(residentByteLimit: Int) throws {
    try withTemporaryFolder { folder in
      let lengths = (0..<80).map { 1 + $0 * 17 % 41 }
      let lines = lengths.map { #"{"text":"\#(String(repeating: "x", count: $0))"}"# }
      try AtomicFile.write(folder.appending("a.jsonl"), lines.joined(separator: "\n"))
      _ = try CorpusPacker(
        inputs: [folder.appending("a.jsonl")], tokenizer: SampleCorpus.tokenizer, validationFraction: 0
      ).pack(to: folder.appending("c"))
      let split = try Corpus.open(folder.appending("c")).train
      let starts = split.documentStarts
      func expected(_ window: Int, _ length: Int) -> [Int32] {
        (window..<window + length).map { token in Int32(max(0, starts.last { $0 <= token }! - window)) }
      }
      for length in [1, 2, 29, 300] {
        for window in 0..<split.tokenCount - length {
          var found = [Int32](repeating: -7, count: length)
          found.withUnsafeMutableBufferPointer { split.copyDocumentStarts(ofWindowAt: window, into: $0) }
          #expect(found == expected(window, length), "window at \(window)")
        }
      }
      let (T, B) = (64, 3)
      let loader = try BatchLoader(
        split, windowLength: T, batchSize: B, seed: 3, residentByteLimit: residentByteLimit)
      let order = WindowOrder(tokenCount: split.tokenCount, windowLength: T, seed: 3)
      var room = loader.batch(marksDocuments: true)
      for batch in 0..<4 {
        try loader.next(into: &room)
        let (inputs, documents) = (Array(room.inputs), room.documentStarts.map { Array($0) })
        let windows = (0..<B).flatMap { expected(order.start(epoch: 0, index: batch * B + $0), T) }
        #expect(documents == windows)
        // A document begins with its end-of-text token.
        for row in 0..<B * T where documents![row] == row % T && row % T > 0 {
          #expect(inputs[row] == SampleCorpus.tokenizer.endOfText!)
        }
      }
    }
  }

  @Test func negativeStateIsRejected() throws {
    try withTemporaryFolder { folder in
      let corpus = try SampleCorpus.pack(byteCount: 1000, in: folder)
      let loader = try BatchLoader(corpus.train, windowLength: 16, batchSize: 1, seed: 1)
      // Going there would take centuries.
      for count in [-1, 1 << 60] {
        expectError(.badData, containing: "loader state", count.grouped) {
          try loader.restore(windowsDrawn: count)
        }
      }
    }
  }

  @Test func frameCacheOfAnySizeReadsTheSame() throws {
    try withTemporaryFolder { folder in
      let corpus = try SampleCorpus.pack(byteCount: 500_000, in: folder, validation: 0)
      let expected = try SampleCorpus.tokens(corpus.train)
      let seed: UInt64 = 6
      var random = SeededGenerator(seed: seed)
      for capacity in [1, 2, 3, 64] {
        let reader = FrameReader(corpus.train, capacity: capacity)
        for _ in 0..<20 {
          let count = Int.random(in: 0...100_000, using: &random)
          let start = Int.random(in: 0...(expected.count - count), using: &random)
          var tokens = [Int32](repeating: -1, count: count)
          try tokens.withUnsafeMutableBufferPointer { (tokens) throws(QuillError) in
            try reader.copy(from: start, into: tokens)
          }
          #expect(tokens == Array(expected[start..<start + count]), "seed \(seed)")
        }
      }
    }
  }
}

@Suite(.timeLimit(.minutes(20))) struct EvaluationWindowsTests {
  @Test(arguments: [1, 7, 64, 999, 5000])
  func everyTokenButTheFirstIsATargetOnce(windowLength: Int) throws {
    try withTemporaryFolder { folder in
      let lines = (0..<50).map { #"{"text":"document é \#($0)"}"# }.joined(separator: "\n")
      try AtomicFile.write(folder.appending("a.jsonl"), lines)
      let tokenizer = SampleCorpus.tokenizer
      let packer = CorpusPacker(inputs: [folder.appending("a.jsonl")], tokenizer: tokenizer)
      _ = try packer.pack(to: folder.appending("c"))
      let split = try Corpus.open(folder.appending("c")).train
      let tokens = try SampleCorpus.tokens(split)
      let windows = try EvaluationWindows(split, windowLength: windowLength, tokenizer: tokenizer)
      var seenInputs: [Int32] = []
      var seenTargets: [Int32] = []
      var seenBoundaries = 0
      var byteCount = 0
      let rowCount = 3
      var batch = TokenBatch(
        windowCount: rowCount, length: windowLength, vocabularySize: tokenizer.vocabularySize,
        marksDocuments: true)
      for first in stride(from: 0, to: windows.count, by: rowCount) {
        byteCount += try windows.read(first, into: &batch)
        let (inputs, targets) = (Array(batch.inputs), Array(batch.targets))
        let documents = batch.documentStarts.map { Array($0) } ?? [Int32](repeating: 0, count: batch.count)
        for (row, start) in documents.enumerated() {
          let position = Int32(row % windowLength)
          let before = position == 0 ? 0 : documents[row - 1]
          // A document begins at its end-of-text token and nowhere else, in what is missing too.
          #expect(start == (position > 0 && inputs[row] == tokenizer.endOfText! ? position : before))
          seenBoundaries += position > 0 && start == position ? 1 : 0
        }
        #expect(inputs.allSatisfy { $0 >= 0 })
        for (input, target) in pairs(inputs, targets) where target >= 0 {
          seenInputs.append(input)
          seenTargets.append(target)
        }
      }
      #expect(seenInputs == Array(tokens.dropLast()))
      #expect(seenTargets == Array(tokens.dropFirst()))
      #expect(seenBoundaries == split.documentStarts.count { $0 % windowLength != 0 })
      // The first token is an end of text: all bytes of the split are predicted.
      #expect(byteCount == split.textByteCount)
    }
  }

  @Test func windowsAreSpreadOverTheSplit() throws {
    try withTemporaryFolder { folder in
      let corpus = try SampleCorpus.pack(byteCount: 160, in: folder, validation: 0)
      let text = try SampleCorpus.tokens(corpus.train)
      #expect(text.count == 161)
      func windows(_ limit: Int?) throws -> EvaluationWindows {
        try EvaluationWindows(
          corpus.train, windowLength: 16, tokenizer: SampleCorpus.tokenizer, limit: limit)
      }
      let some = try windows(4)
      var batch = TokenBatch(windowCount: 5, length: 16, vocabularySize: SampleCorpus.tokenizer.vocabularySize)
      #expect(try some.read(0, into: &batch) == 64)
      let (inputs, targets) = (Array(batch.inputs), Array(batch.targets))
      for (row, window) in [0, 2, 5, 7].enumerated() {
        #expect(inputs[row * 16..<row * 16 + 16] == text[window * 16..<window * 16 + 16])
      }
      #expect(targets[64...].allSatisfy { $0 == -1 }, "a row past the last window counts for nothing")
      #expect(try [4, nil, 99].map { try windows($0).count } == [4, 10, 10])
    }
  }

  @Test func tooLittleAndOtherVocabulariesAreRejected() throws {
    try withTemporaryFolder { folder in
      let corpus = try SampleCorpus.pack(byteCount: 10, in: folder)
      expectError(.badData, containing: "validation split", "1 tokens are too few") {
        _ = try EvaluationWindows(
          try corpus.requireValidation(), windowLength: 8, tokenizer: SampleCorpus.tokenizer)
      }
      expectError(.badData, containing: "vocabulary of 257, the tokenizer one of 256") {
        _ = try EvaluationWindows(corpus.train, windowLength: 8, tokenizer: ByteTokenizer(specialTokens: []))
      }
    }
  }
}

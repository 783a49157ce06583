import Foundation
import Storage
import Synchronization
import TestSupport
import Testing
import Tokenization

@testable import Corpora

@Suite(.timeLimit(.minutes(20))) struct PackingTests {
  private let tokenizer = SampleCorpus.tokenizer
  private var endOfText: Int32 { tokenizer.endOfText! }

  @Test func oneTextIsSplitByPosition() throws {
    try withTemporaryFolder { folder in
      let corpus = try SampleCorpus.pack(byteCount: 200_001, in: folder)
      let text = SampleCorpus.text(byteCount: 200_001).map(Int32.init)
      #expect(corpus.description.splitMethod == .position)
      #expect(try SampleCorpus.tokens(corpus.train) == [endOfText] + text.prefix(180_000))
      #expect(try SampleCorpus.tokens(try corpus.requireValidation()) == Array(text.suffix(20_001)))
      #expect(corpus.train.documentStarts == [0] && corpus.validation?.documentStarts == [])
      #expect(corpus.train.textByteCount == 180_000 && corpus.validation?.textByteCount == 20_001)
      #expect(corpus.description.sources == ["text.txt"])
      #expect(try corpus.verify().tokenCount == 200_002)
      #expect(try corpus.loadTokenizer().contentHash == tokenizer.contentHash)
      let expectedLine = String(decoding: SampleCorpus.text(byteCount: 512).prefix { $0 != 10 }, as: UTF8.self)
      #expect(try corpus.firstLines(of: corpus.train, 1) == [expectedLine])
    }
  }

  /// A model's folder that calls the end of text otherwise: the corpus has it before every document, and says so to whoever trains.
  @Test func theFoldersEndOfTextSeparatesDocuments() throws {
    try withTemporaryFolder { folder in
      let model = folder.appending("model")
      try TokenizerFile.save(
        ByteTokenizer(specialTokens: ["<|endoftext|>", "</s>"]), to: FilePath.join(model, "tokenizer.json"))
      try AtomicFile.write(FilePath.join(model, "config.json"), #"{"eos_token_id": 257}"#)
      try AtomicFile.write(folder.appending("text"), "ab\ncd\n")
      let packer = CorpusPacker(
        inputs: [folder.appending("text")], tokenizer: try TokenizerFile.load(model), documents: .line,
        validationFraction: 0)
      _ = try packer.pack(to: folder.appending("corpus"))
      let corpus = try Corpus.open(folder.appending("corpus"))
      #expect(try SampleCorpus.tokens(corpus.train) == [257, 97, 98, 10, 257, 99, 100, 10])
      #expect(corpus.description.endOfText == 257)
      #expect(try corpus.loadTokenizer().bounds == TextBounds(ends: [257]))
    }
  }

  @Test func cutFallsOnACharacterBoundary() throws {
    try withTemporaryFolder { folder in
      for padding in 0..<4 {
        let text = String(repeating: "x", count: padding) + String(repeating: "😀", count: 25)
        try AtomicFile.write(folder.appending("text"), text)
        _ = try CorpusPacker(inputs: [folder.appending("text")], tokenizer: tokenizer).pack(
          to: folder.appending("c"))
        let corpus = try Corpus.open(folder.appending("c"))
        let bytes = tokenizer.decode(try SampleCorpus.tokens(corpus.train))
        #expect(String(validating: bytes, as: UTF8.self) != nil)
        #expect(
          bytes.count <= Int(Double(text.utf8.count) * 0.9)
            && bytes.count > Int(Double(text.utf8.count) * 0.9) - 4)
      }
    }
  }

  @Test func tenthDocumentIsValidation() throws {
    try withTemporaryFolder { folder in
      let lines = (0..<25).map { #"{"text":"document \#($0)"}"# }.joined(separator: "\n")
      try AtomicFile.write(folder.appending("a.jsonl"), lines)
      let packer = CorpusPacker(inputs: [folder.appending("a.jsonl")], tokenizer: tokenizer)
      let description = try packer.pack(to: folder.appending("c"))
      let corpus = try Corpus.open(folder.appending("c"))
      #expect(description == corpus.description)
      #expect(description.splitMethod == .document)
      let validation = try SampleCorpus.tokens(try corpus.requireValidation())
      #expect(tokenizer.decode(validation) == Array("document 9document 19".utf8))
      #expect(corpus.validation?.documentStarts == [0, 11])
      #expect(corpus.train.documentCount == 23)
      let train = try SampleCorpus.tokens(corpus.train)
      #expect(train.indices.filter { train[$0] == endOfText } == corpus.train.documentStarts)
    }
  }

  @Test func fewDocumentsAreSplitByPosition() throws {
    try withTemporaryFolder { folder in
      let path = folder.appending("a.jsonl")
      try AtomicFile.write(path, (0..<4).map { _ in #"{"text":"0123456789"}"# }.joined(separator: "\n"))
      let packer = CorpusPacker(inputs: [path], tokenizer: tokenizer, validationFraction: 0.2)
      let description = try packer.pack(to: folder.appending("c"))
      #expect(description.splitMethod == .position)
      #expect(description.train.byteCount == 32 && description.train.documentCount == 4)
      #expect(description.validation.byteCount == 8 && description.validation.tokenCount == 8)
    }
  }

  @Test func noValidationIsPossible() throws {
    try withTemporaryFolder { folder in
      let corpus = try SampleCorpus.pack(byteCount: 100, in: folder, validation: 0)
      #expect(corpus.validation == nil && corpus.train.textByteCount == 100)
      expectError(.badData, containing: "no validation split") { _ = try corpus.requireValidation() }
      _ = try corpus.verify()
    }
  }

  @Test func packingIsDeterministicWhateverTheThreads() throws {
    try withTemporaryFolder { folder in
      try AtomicFile.write(folder.appending("text"), SampleCorpus.text(byteCount: 3_000_000))
      var manifests: [[UInt8]] = []
      for threads in [1, 2, 5] {
        var packer = CorpusPacker(inputs: [folder.appending("text")], tokenizer: tokenizer)
        packer.threadCount = threads
        var last = 0
        _ = try packer.pack(to: folder.appending("c")) { progress in
          #expect(progress.byteCount >= last && progress.totalByteCount == 3_000_000)
          last = progress.byteCount
        }
        #expect(last == 3_000_000)
        manifests.append(try content(folder.appending("c/manifest.sha256")))
      }
      #expect(manifests[0] == manifests[1] && manifests[1] == manifests[2])
    }
  }

  @Test func emptyTextIsRejectedAndNothingIsLeft() throws {
    try withTemporaryFolder { folder in
      try AtomicFile.write(folder.appending("empty"), "")
      expectError(.badData, containing: "empty", "no text to pack (0 bytes)") {
        _ = try CorpusPacker(inputs: [folder.appending("empty")], tokenizer: tokenizer).pack(
          to: folder.appending("c"))
      }
      #expect(try FilePath.list(folder.path) == ["empty"])
    }
  }

  @Test func folderThatIsNoCorpusIsNotReplaced() throws {
    try withTemporaryFolder { folder in
      try AtomicFile.write(folder.appending("text"), "text")
      expectError(.usage, containing: "is not a corpus") {
        _ = try CorpusPacker(inputs: [folder.appending("text")], tokenizer: tokenizer).pack(to: folder.path)
      }
    }
  }

  @Test func fractionOutsideTheUnitIntervalIsRejected() throws {
    for fraction in [-0.1, 1, .nan] {
      expectError(.usage, containing: "validation: expected") {
        _ = try CorpusPacker(inputs: [], tokenizer: tokenizer, validationFraction: fraction).pack(to: "c")
      }
    }
  }

  @Test func fullDiskLeavesTheOldCorpus() throws {
    try withTinyDisk(byteCount: 1 << 20) { disk in
      try withTemporaryFolder { folder in
        try AtomicFile.write(folder.appending("small"), SampleCorpus.text(byteCount: 10_000))
        try AtomicFile.write(folder.appending("large"), SampleCorpus.text(byteCount: 4_000_000))
        let path = disk.appending("c")
        _ = try CorpusPacker(inputs: [folder.appending("small")], tokenizer: tokenizer).pack(to: path)
        expectError(.inputOutput, containing: "train-00000.qtok", "No space left on device") {
          _ = try CorpusPacker(inputs: [folder.appending("large")], tokenizer: tokenizer).pack(to: path)
        }
        _ = try Corpus.open(path).verify()
        #expect(try FilePath.list(disk.path) == ["c"])
      }
    }
  }

  @Test func entropyFloorComesFromTheSidecar() throws {
    try withTemporaryFolder { folder in
      let path = folder.appending("text")
      try AtomicFile.write(path, SampleCorpus.text(byteCount: 1000))
      try AtomicFile.write(path + ".json", #"{"bytes":1000,"information_bits":250.5,"seed":1}"#)
      let packer = CorpusPacker(inputs: [path], tokenizer: tokenizer)
      #expect(try packer.pack(to: folder.appending("c")).entropyFloorBitsPerByte == 0.2505)
      #expect(try Corpus.open(folder.appending("c")).description.entropyFloorBitsPerByte == 0.2505)
      try AtomicFile.write(path + ".json", #"{"bytes":999,"information_bits":250.5}"#)
      expectError(.badData, containing: "text.json", "describes a text of 999 bytes") {
        _ = try packer.pack(to: folder.appending("c"))
      }
    }
  }

  @Test func chunksGiveTheIdsOfTheWhole() throws {
    let document = TextDocument(SampleCorpus.text(byteCount: 50_000))
    let chunks = EncodingChunk.cut(
      document, 100..<50_000, split: .train, beginsDocument: true, targetByteCount: 1000)
    #expect(chunks.count > 30)
    #expect(chunks.map(\.beginsDocument) == [true] + chunks.dropFirst().map { _ in false })
    #expect(chunks.first?.range.lowerBound == 100 && chunks.last?.range.upperBound == 50_000)
    #expect(zip(chunks, chunks.dropFirst()).allSatisfy { $0.range.upperBound == $1.range.lowerBound })
  }

  @Test(
    .enabled(if: SharedData.isPresent, "needs ../shared beside the checkout"), arguments: SplitPattern.allCases)
  func chunksOfRealTextGiveTheIdsOfTheWhole(split: SplitPattern) throws {
    let options = TokenizerTrainingOptions(split: split, vocabularySize: 600)
    let tokenizer = try trainTokenizer(on: [SharedData.wikitextTest.path], options: options).tokenizer
    let text = Array(try Data(contentsOf: SharedData.wikitextValidation).prefix(300_000))
    let document = TextDocument(text)
    let chunks = EncodingChunk.cut(
      document, 0..<text.count, split: .train, beginsDocument: true, targetByteCount: 700)
    #expect(chunks.flatMap { $0.encode(with: tokenizer) } == tokenizer.encode(text))
  }
}

import Dispatch
import Storage
import Synchronization
import Tokenization

/// One run of a packer: documents are cut into chunks, chunks encoded side by side, ids appended in order.
final class PackingRun {
  typealias Report = (CorpusPacker.Progress) -> Void

  private let packer: CorpusPacker
  private let sources: [TextSource]
  private let rule: SplitRule
  private var train: SplitWriter
  private var validation: SplitWriter
  /// Chunks that wait for their turn; encoded together when they are enough for all threads.
  private var chunks: [EncodingChunk] = []
  private var chunkByteCount = 0
  private let totalByteCount: Int?
  private let clock = ContinuousClock()
  private let start: ContinuousClock.Instant

  init(_ packer: CorpusPacker, _ sources: [TextSource], _ folder: AtomicFolder.Draft) {
    self.packer = packer
    self.sources = sources
    rule = SplitRule(validationFraction: packer.validationFraction)
    train = SplitWriter(.train, packer.tokenizer, in: folder)
    validation = SplitWriter(.validation, packer.tokenizer, in: folder)
    totalByteCount = TextSource.totalByteCount(of: sources)
    start = clock.now
  }

  func pack(_ report: Report) throws(QuillError) -> CorpusDescription {
    // Until a document falls to validation, documents are held back: if none does, they are divided by position.
    var held: [TextDocument]? = packer.validationFraction > 0 ? [] : nil
    var documentCount = 0
    for source in sources {
      try source.forEachDocument { (document) throws(QuillError) in
        let split = rule.split(ofDocument: documentCount)
        documentCount += 1
        if held != nil, split == .train {
          held!.append(document)
          return
        }
        if let earlier = held {
          held = nil
          for document in earlier { try add(document, to: .train, report) }
        }
        try add(document, to: split, report)
      }
    }
    guard documentCount > 0 else {
      throw QuillError(
        .badData, at: packer.inputs.joined(separator: ", "), "there is no text to pack (0 bytes)",
        remedy: "Name a file that holds text.")
    }
    if let held { try addByPosition(held, report) }
    try encodeChunks(report)
    try train.finish()
    try validation.finish()
    return description(splitMethod: held == nil ? .document : .position)
  }

  private func add(_ document: TextDocument, to split: SplitName, _ report: Report) throws(QuillError) {
    try add(EncodingChunk.cut(document, 0..<document.bytes.count, split: split, beginsDocument: true), report)
  }

  private func addByPosition(_ documents: [TextDocument], _ report: Report) throws(QuillError) {
    for (document, trainByteCount) in zip(documents, rule.trainByteCounts(documents)) {
      let rest = trainByteCount..<document.bytes.count
      try add(EncodingChunk.cut(document, 0..<trainByteCount, split: .train, beginsDocument: true), report)
      try add(
        EncodingChunk.cut(document, rest, split: .validation, beginsDocument: trainByteCount == 0), report)
    }
  }

  private func add(_ more: [EncodingChunk], _ report: Report) throws(QuillError) {
    for chunk in more {
      guard chunk.byteCount < EncodingChunk.largeByteCount else {
        try encodeChunks(report)
        if chunk.split == .train { try train.encode(chunk) } else { try validation.encode(chunk) }
        continue
      }
      chunks.append(chunk)
      chunkByteCount += chunk.byteCount
      if chunkByteCount >= 4 * packer.threadCount * EncodingChunk.targetByteCount { try encodeChunks(report) }
    }
  }

  /// Encodes the waiting chunks on all threads and appends their ids in order.
  private func encodeChunks(_ report: Report) throws(QuillError) {
    let (chunks, tokenizer) = (chunks, packer.tokenizer)
    self.chunks = []
    chunkByteCount = 0
    let encoded = Mutex([[TokenID]](repeating: [], count: chunks.count))
    let next = Atomic<Int>(0)
    DispatchQueue.concurrentPerform(iterations: min(max(1, packer.threadCount), max(1, chunks.count))) { _ in
      while true {
        let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
        if index >= chunks.count { return }
        let ids = chunks[index].encode(with: tokenizer)
        encoded.withLock { $0[index] = ids }
      }
    }
    let ids = encoded.withLock { $0 }
    for (chunk, ids) in zip(chunks, ids) {
      if chunk.split == .train {
        try train.append(ids, of: chunk)
      } else {
        try validation.append(ids, of: chunk)
      }
    }
    let elapsed = clock.now - start
    report(
      CorpusPacker.Progress(
        byteCount: train.counts.byteCount + validation.counts.byteCount, totalByteCount: totalByteCount,
        tokenCount: train.counts.tokenCount + validation.counts.tokenCount,
        elapsedSeconds: elapsed / .seconds(1)))
  }

  private func description(splitMethod: CorpusDescription.SplitMethod) -> CorpusDescription {
    CorpusDescription(
      tokenizerHash: packer.tokenizer.contentHash, tokenizerKind: packer.tokenizer.kind,
      vocabularySize: packer.tokenizer.vocabularySize, endOfText: packer.tokenizer.endOfText,
      splitMethod: splitMethod, validationFraction: packer.validationFraction, train: train.counts,
      validation: validation.counts, sources: sources.map(\.name),
      entropyFloorBitsPerByte: TextInformation.bitsPerByte(of: sources))
  }
}

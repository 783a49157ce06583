import Compute
import Machine
import Storage
import Tales
import Tokenization

/// Training a byte-level BPE tokenizer on tales, and encoding them with it.
package enum TokenizerBenchmark {
  /// Stories from the beginning, at least `byteCount` bytes of them.
  static func tales(byteCount: Int) -> [UInt8] {
    var generator = TaleGenerator(seed: 1)
    var text: [UInt8] = []
    text.reserveCapacity(byteCount + (1 << 16))
    var story: UInt64 = 0
    while text.count < byteCount {
      generator.appendStory(story, to: &text)
      story += 1
    }
    return text
  }

  static func train(on text: [UInt8], vocabularySize: Int) throws(QuillError) -> any Tokenizer {
    let trainer = try TokenizerTrainer(TokenizerTrainingOptions(vocabularySize: vocabularySize))
    trainer.add(text)
    trainer.endText()
    return try trainer.finish().tokenizer
  }

  /// - Parameter byteCount: how much text to train on, and to encode.
  package static func run(
    pool: WorkerPool, budget: Double, byteCount: Int = 8 << 20, report: (BenchmarkRow) -> Void
  ) throws {
    let text = tales(byteCount: byteCount)
    let bytes = Double(text.count)
    let vocabularySize = 4_096
    var tokenizer = try train(on: text, vocabularySize: vocabularySize)
    let training = try Measurement.of(minimumCount: 3, budget: budget) {
      tokenizer = try train(on: text, vocabularySize: vocabularySize)
    }
    report(.traffic("training, \(vocabularySize) ids, 1 thread", training, bytes: bytes))

    // A tokenizer fresh from its file has seen no word.
    let file = TokenizerFile.json(of: tokenizer)
    let sample = Array(text.prefix(1 << 20))
    var ids: [TokenID] = []
    ids.reserveCapacity(text.count)
    let cold = try Measurement.reported(budget: budget) {
      let stranger = try TokenizerFile.parse(file, place: "benchmark")
      let start = Stopwatch.now
      ids.removeAll(keepingCapacity: true)
      sample.withUnsafeBufferPointer { stranger.encode($0, into: &ids) }
      return Stopwatch.now - start
    }
    report(.traffic("encoding the first MiB, 1 thread", cold, bytes: Double(sample.count)))

    let one = try pool.threadCount == 1 ? pool : WorkerPool(threadCount: 1)
    for pool in one.threadCount == pool.threadCount ? [pool] : [one, pool] {
      let work = Encoding(text, tokenizer)
      let warm = Measurement.of(budget: budget) { work.encode(pool) }
      let threads = pool.threadCount == 1 ? "1 thread" : "\(pool.threadCount) threads"
      var row = BenchmarkRow.traffic("encoding \(text.count >> 20) MiB, \(threads)", warm, bytes: bytes)
      row.extras += [("encoded_tokens_per_second", Double(work.tokenCount) / warm.median)]
      report(row)
    }
  }

  /// A text in blocks that threads encode on their own.
  private final class Encoding {
    private let text: [UInt8]
    private let tokenizer: any Tokenizer
    private var ids: [[TokenID]]
    private static let blockSize = 1 << 18

    init(_ text: [UInt8], _ tokenizer: any Tokenizer) {
      self.text = text
      self.tokenizer = tokenizer
      ids = Array(repeating: [], count: (text.count + Self.blockSize - 1) / Self.blockSize)
    }

    var tokenCount: Int { ids.reduce(0) { $0 + $1.count } }

    func encode(_ pool: WorkerPool) {
      text.withUnsafeBufferPointer { text in
        ids.withUnsafeMutableBufferPointer { ids in
          pool.forEach(ids.count) { block, _ in
            let range = block * Self.blockSize..<min(text.count, (block + 1) * Self.blockSize)
            ids[block].removeAll(keepingCapacity: true)
            tokenizer.encode(UnsafeBufferPointer(rebasing: text[range]), into: &ids[block])
          }
        }
      }
    }
  }
}

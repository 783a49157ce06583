import Compute
import Corpora
import Foundation
import Storage

/// Drawing training batches from a corpus that is packed for the purpose in a temporary folder.
package enum LoaderBenchmark {
  /// - Parameter byteCount: how much text to pack.
  package static func run(
    pool: WorkerPool, budget: Double, byteCount: Int = 8 << 20, report: (BenchmarkRow) -> Void
  ) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "quill-bench-\(UUID().uuidString)").path
    try FilePath.createFolder(folder)
    defer { try? FilePath.remove(folder) }
    let text = TokenizerBenchmark.tales(byteCount: byteCount)
    let file = FilePath.join(folder, "tales.txt")
    try AtomicFile.write(file, text)
    let tokenizer = try TokenizerBenchmark.train(on: Array(text.prefix(1 << 20)), vocabularySize: 1_024)
    let packed = FilePath.join(folder, "corpus")
    let packer = CorpusPacker(inputs: [file], tokenizer: tokenizer, threadCount: pool.threadCount)
    _ = try packer.pack(to: packed)
    let corpus = try Corpus.open(packed)

    for (windowLength, batchSize) in [(64, 12), (256, 8), (1_024, 8)] {
      for (place, limit) in [("in memory", Int.max), ("from disk", 0)] {
        let loader = try BatchLoader(
          corpus.train, windowLength: windowLength, batchSize: batchSize, seed: 1, residentByteLimit: limit)
        let tokenCount = windowLength * batchSize
        var batch = TokenBatch(
          windowCount: batchSize, length: windowLength, vocabularySize: tokenizer.vocabularySize)
        let batchesPerTiming = 16
        let measurement = try Measurement.of(budget: budget) {
          for _ in 0..<batchesPerTiming { try loader.next(into: &batch) }
        }.divided(by: Double(batchesPerTiming))
        // Inputs and targets, four bytes each.
        var row = BenchmarkRow.traffic(
          "T \(windowLength) B \(batchSize) \(place)", measurement, bytes: Double(8 * tokenCount))
        row.extras += [
          ("batches_per_second", 1 / measurement.median),
          ("tokens_per_second", Double(tokenCount) / measurement.median),
        ]
        report(row)
      }
    }
  }
}

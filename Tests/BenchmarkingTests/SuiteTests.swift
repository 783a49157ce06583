import Compute
import TestSupport
import Testing
import Tokenization
import Transformer

@testable import Benchmarking

@Suite(.timeLimit(.minutes(20))) struct SuiteTests {
  static let machine = MachineProfile(
    threadCount: 2, bf16Peak: 1e12, fp32Peak: 5e11, readBandwidth: [(1 << 29, 3e10)],
    openBLAS: OpenBLASCore(name: "Zen", environment: nil, processor: .avx2))

  static func rows(_ run: ((BenchmarkRow) -> Void) throws -> Void) rethrows -> [BenchmarkRow] {
    var rows: [BenchmarkRow] = []
    try run { rows.append($0) }
    for row in rows {
      let fastest = row.extras.first { $0.name == "fastest_seconds" }?.value ?? row.medianSeconds
      #expect(row.medianSeconds.isFinite && row.spread.isFinite, "\(row.name)")
      #expect(fastest > 0 && fastest <= row.medianSeconds, "\(row.name)")
    }
    return rows
  }

  /// Half an ulp of one: what one rounding adds.
  static let unit = Double.ulpOfOne / 2

  /// Whether two results of at most eight roundings each are the same number.
  static func isSame(_ found: Double?, _ expected: Double) -> Bool {
    found.map { abs($0 - expected) <= 16 * unit * abs(expected) } ?? false
  }

  static func extra(_ row: BenchmarkRow, _ name: String) -> Double? {
    row.extras.first { $0.name == name }?.value
  }

  @Test(arguments: WeightFormat.allCases)
  func decodingHasARateAndAShareOfItsBandwidth(weights: WeightFormat) throws {
    let configuration = DecodeBenchmark.Configuration("20k", TrainBenchmark.configurations[0].model)
    let rows = try Self.rows {
      try DecodeBenchmark.run(
        configuration, weights: weights, Self.machine, pool: WorkerPool(threadCount: 2), budget: 0, report: $0)
    }
    #expect(
      rows.map(\.name)
        == ["prompt", "decode", "8 texts"].map { "20k \(weights) \($0), 2 threads" })
    guard rows.count == 3 else { return }
    let work = DecodeBenchmark.Work(configuration.model, weights)
    // As long as the context allows beside the tokens that are timed.
    let promptCount = configuration.model.contextLength - 8
    // Rates are the work that was counted over the time that was taken, shares those over the machine's peaks.
    let (prompt, decode, texts) = (rows[0], rows[1], rows[2])
    #expect(Self.isSame(prompt.gflops, work.promptOperations(promptCount) / prompt.medianSeconds / 1e9))
    #expect(Self.isSame(prompt.share, prompt.gflops! * 1e9 / Self.machine.peak(weights.precision)))
    #expect(Self.isSame(Self.extra(prompt, "tokens_per_second"), Double(promptCount) / prompt.medianSeconds))
    // Eight tokens behind the prompt stand half of eight behind it on average.
    let bytes = work.bytesPerToken(at: Double(promptCount) + 4)
    #expect(Self.extra(decode, "bytes_per_token") == bytes)
    #expect(Self.isSame(decode.gbps, bytes / decode.medianSeconds / 1e9))
    #expect(decode.share! > 0)
    #expect(decode.roofline?.kernel == "decode \(weights), 2 threads")
    // Eight texts read the matrices once, and a cache each.
    let shared = work.matrixBytes / 8 + (bytes - work.matrixBytes)
    #expect(Self.isSame(Self.extra(texts, "bytes_per_token"), shared))
    #expect(Self.isSame(Self.extra(texts, "tokens_per_second"), 1 / texts.medianSeconds))
  }

  /// One layer of width 32 over 256 tokens: 12 · 32² + 3 · 32 (norms) + 256 · 32 parameters that multiply.
  @Test func aTokenReadsEveryMatrixAndTheCache() {
    let work = DecodeBenchmark.Work(TrainBenchmark.configurations[0].model, .fp32)
    let head = Double(256 * 32)
    let parameters = Double(12 * 32 * 32 + 3 * 32) + head
    #expect(work.bytesPerToken(at: 0) == 4 * parameters)
    #expect(work.bytesPerToken(at: 10) == 4 * (parameters + 640))
    #expect(work.operationsPerToken(at: 10) == 2 * parameters + 1_280)
    // In 8 bits a byte each, and a scale of two bytes for every 64; the cache is bf16.
    let bytes = DecodeBenchmark.Work(TrainBenchmark.configurations[0].model, .int8).bytesPerToken(at: 10)
    #expect(bytes == parameters * (1 + 2.0 / 64) + 2 * 640)
    // Two tokens: the head once; the first attends to one position, the second to two.
    #expect(work.promptOperations(2) == 4 * (parameters - head) + 2 * head + 384)
  }

  @Test func tokenizersTrainAndEncode() throws {
    let rows = try Self.rows {
      try TokenizerBenchmark.run(pool: WorkerPool(threadCount: 2), budget: 0, byteCount: 100_000, report: $0)
    }
    #expect(
      rows.map(\.name) == [
        "training, 4096 ids, 1 thread", "encoding the first MiB, 1 thread", "encoding 0 MiB, 1 thread",
        "encoding 0 MiB, 2 threads",
      ])
    // Stories are whole, so that there are a few more bytes than asked for.
    let text = TokenizerBenchmark.tales(byteCount: 100_000)
    for row in rows {
      #expect(Self.isSame(row.gbps, Double(text.count) / row.medianSeconds / 1e9), "\(row.name)")
    }
    let tokenCount = try TokenizerBenchmark.train(on: text, vocabularySize: 4_096).encode(text).count
    for row in rows.dropFirst(2) {
      #expect(
        Self.isSame(Self.extra(row, "encoded_tokens_per_second"), Double(tokenCount) / row.medianSeconds),
        "\(row.name)")
    }
  }

  @Test func loadersDrawFromMemoryAndFromDisk() throws {
    let rows = try Self.rows {
      try LoaderBenchmark.run(pool: WorkerPool(threadCount: 2), budget: 0, byteCount: 100_000, report: $0)
    }
    #expect(rows.count == 6)
    for (row, tokens) in pairs(rows, [64 * 12, 64 * 12, 256 * 8, 256 * 8, 1_024 * 8, 1_024 * 8]) {
      #expect(Self.isSame(Self.extra(row, "batches_per_second"), 1 / row.medianSeconds), "\(row.name)")
      #expect(
        Self.isSame(Self.extra(row, "tokens_per_second"), Double(tokens) / row.medianSeconds), "\(row.name)")
      #expect(Self.isSame(row.gbps, Double(8 * tokens) / row.medianSeconds / 1e9), "\(row.name)")
    }
  }

  /// The table of configurations whose steps are compared with other programs.
  @Test func parameterCountsAreWhatTheNamesSay() {
    let counts = Dictionary(
      uniqueKeysWithValues: TrainBenchmark.configurations.map { ($0.name, $0.model.computeParameterCount) })
    #expect(counts["0.8M"] == 795_904)
    #expect(counts["10.7M"] == 10_646_784)
    #expect(counts["13.9M"] == 13_767_552)
    #expect(counts["124M"] == counts["124M T1024"])
  }
}

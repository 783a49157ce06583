import Compute
import Testing
import Transformer

@testable import Benchmarking

struct SuiteTests {
  static let machine = MachineProfile(
    threadCount: 2, bf16Peak: 1e12, fp32Peak: 5e11, readBandwidth: [(1 << 29, 3e10)],
    openBLAS: OpenBLASCore(name: "Zen", environment: nil, processor: .avx2))

  static func rows(_ run: ((BenchmarkRow) -> Void) throws -> Void) rethrows -> [BenchmarkRow] {
    var rows: [BenchmarkRow] = []
    try run { rows.append($0) }
    for row in rows { #expect(row.medianSeconds > 0 && row.spread >= 0, "\(row.name)") }
    return rows
  }

  @Test(arguments: Precision.allCases)
  func decodingHasARateAndAShareOfItsBandwidth(precision: Precision) throws {
    let rows = try Self.rows {
      try DecodeBenchmark.run(
        TrainBenchmark.configurations[0], precision: precision, Self.machine, pool: WorkerPool(threadCount: 2),
        budget: 0, report: $0)
    }
    #expect(rows.map(\.name) == ["20k \(precision) prompt, 2 threads", "20k \(precision) decode, 2 threads"])
    #expect(rows[0].gflops != nil && rows[1].gbps != nil && rows[1].roofline != nil)
    #expect(rows.allSatisfy { $0.share! > 0 && $0.extras.contains { $0.name == "tokens_per_second" } })
  }

  /// One layer of width 32 over 256 tokens: 12 · 32² + 3 · 32 (norms) + 256 · 32 parameters that multiply.
  @Test func aTokenReadsEveryMatrixAndTheCache() {
    let work = DecodeBenchmark.Work(TrainBenchmark.configurations[0].model, .fp32)
    let head = Double(256 * 32)
    let parameters = Double(12 * 32 * 32 + 3 * 32) + head
    #expect(work.bytesPerToken(at: 0) == 4 * parameters)
    #expect(work.bytesPerToken(at: 10) == 4 * (parameters + 640))
    #expect(work.operationsPerToken(at: 10) == 2 * parameters + 1_280)
    // Two tokens: the head once; the first attends to one position, the second to two.
    #expect(work.promptOperations(2) == 4 * (parameters - head) + 2 * head + 384)
  }

  @Test func tokenizersTrainAndEncode() throws {
    let rows = try Self.rows {
      try TokenizerBenchmark.run(pool: WorkerPool(threadCount: 2), budget: 0, byteCount: 100_000, report: $0)
    }
    #expect(rows.count == 4)
    #expect(rows.allSatisfy { $0.gbps! > 0 })
  }

  @Test func loadersDrawFromMemoryAndFromDisk() throws {
    let rows = try Self.rows {
      try LoaderBenchmark.run(pool: WorkerPool(threadCount: 2), budget: 0, byteCount: 100_000, report: $0)
    }
    #expect(rows.count == 6)
    #expect(rows.allSatisfy { $0.extras.contains { $0.name == "batches_per_second" && $0.value > 0 } })
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

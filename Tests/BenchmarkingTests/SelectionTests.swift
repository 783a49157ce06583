import Compute
import Testing

@testable import Benchmarking

@Suite(.timeLimit(.minutes(20))) struct SelectionTests {
  @Test func onlyWantedProductsAreMeasured() throws {
    let rows = try SuiteTests.rows { report in
      try ProductBenchmark.run(
        SuiteTests.machine, pool: WorkerPool(threadCount: 2), budget: 0,
        wants: { $0.hasPrefix("d 128 down") && !$0.contains("OpenBLAS") }, report: report)
    }
    #expect(
      rows.map(\.name)
        == Precision.allCases.flatMap { precision in
          ["forward", "dx", "dW"].map { "d 128 down \($0) \(precision)" }
        })
    for row in rows {
      #expect(row.extras.map(\.name) == ["rows", "outputs", "inputs"])
      #expect(row.extras.map(\.value) == [768, 128, 512])
    }
  }

  @Test func onlyWantedAttentionIsMeasured() throws {
    let rows = try SuiteTests.rows { report in
      try AttentionBenchmark.run(
        SuiteTests.machine, pool: WorkerPool(threadCount: 2), budget: 0,
        wants: { $0 == "head size 64 T 64 backward fp32" }, report: report)
    }
    #expect(rows.count == 1)
    // 5 · T² · hd for each of 4 heads of 16 sequences, half of what the whole square would take.
    let operations = 5.0 * 64 * 64 * 64 * 64
    #expect(rows.allSatisfy { abs($0.gflops! * $0.medianSeconds * 1e9 / operations - 1) < 1e-9 })
  }
}

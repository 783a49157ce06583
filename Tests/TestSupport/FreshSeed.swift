import Foundation

/// Seeds for tests on random shapes: new in every run, so that over time more shapes are tried than any list holds.
///
/// A failing test prints its seed as its argument. `QUILL_TEST_SEED=N swift test --filter …` replays it.
package enum FreshSeed {
  package static func some(_ count: Int) -> [UInt64] {
    let environment = ProcessInfo.processInfo.environment
    if let fixed = environment["QUILL_TEST_SEED"].flatMap(UInt64.init) { return [fixed] }
    // 32 bits: short enough to type.
    return (0..<count).map { _ in UInt64(UInt32.random(in: 0 ... .max)) }
  }
}

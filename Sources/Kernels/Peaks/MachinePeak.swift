import CVector
import Compute
import Machine

/// The arithmetic this machine can do at most, measured with the instruction the matrix products use.
package enum MachinePeak {
  /// Multiply-adds counted as two operations, per second, with all threads of the pool at work.
  ///
  /// - Parameter milliseconds: how long to measure; the best of several short runs counts.
  package static func measure(_ precision: Precision, pool: WorkerPool, milliseconds: Int = 30) -> Double {
    let rounds = 40_000
    let operations = Double(rounds * accumulators * lanes * 2 * precision.elementsPerLane * pool.threadCount)
    var best = Double.infinity
    let end = Stopwatch.now + Double(milliseconds) / 1_000
    withUnsafeTemporaryAllocation(of: Float.self, capacity: 16 * pool.threadCount) { results in
      // SAFETY: every thread writes sixteen floats of its own.
      let results = results.baseAddress!
      repeat {
        let start = Stopwatch.now
        pool.forEach(pool.threadCount) { task, _ in
          let sum = precision == .fp32 ? multiplyAdd(rounds: rounds) : dot(rounds: rounds)
          Float.store(sum, results + 16 * task)
        }
        best = min(best, Stopwatch.now - start)
      } while Stopwatch.now < end
    }
    return operations / best
  }

  /// Independent chains: enough to hide the latency of two units, and with two factors they fit 16 registers.
  private static let accumulators = 12
  /// The lanes of a register, as in the products' kernels.
  private static var lanes: Int { MicroTile.isWide ? 16 : 8 }

  @inline(never)
  private static func multiplyAdd(rounds: Int) -> SIMD16<Float> {
    MicroTile.isWide
      ? run(rounds, SIMD16.self) { $0.addingProduct($1, $2) }
      : SIMD16(lowHalf: run(rounds, SIMD8.self) { $0.addingProduct($1, $2) }, highHalf: .zero)
  }

  @inline(never)
  private static func dot(rounds: Int) -> SIMD16<Float> {
    guard MicroTile.isWide else {
      let sum = run(rounds, SIMD8<Float>.self) {
        quill_dot_bf16_narrow(
          $0, unsafeBitCast($1, to: SIMD8<UInt32>.self), unsafeBitCast($2, to: SIMD8<UInt32>.self))
      }
      return SIMD16(lowHalf: sum, highHalf: .zero)
    }
    return run(rounds, SIMD16.self) {
      quill_dot_bf16($0, unsafeBitCast($1, to: SIMD16<UInt32>.self), unsafeBitCast($2, to: SIMD16<UInt32>.self))
    }
  }

  @inline(__always)
  private static func run<V: SIMD>(_ rounds: Int, _: V.Type, _ step: (V, V, V) -> V) -> V
  where V.Scalar == Float {
    var (a, b, c, d) = (V.zero, V.zero, V.zero, V.zero)
    var (e, f, g, h) = (a, b, c, d)
    var (i, j, k, l) = (a, b, c, d)
    // Two factors that the compiler cannot fold, and that keep the sums far from overflow.
    let x = V(repeating: Float(rounds) * 1e-9)
    let y = V(repeating: Float(rounds) * -1e-9)
    for _ in 0..<rounds {
      a = step(a, x, y)
      b = step(b, x, y)
      c = step(c, x, y)
      d = step(d, x, y)
      e = step(e, x, y)
      f = step(f, x, y)
      g = step(g, x, y)
      h = step(h, x, y)
      i = step(i, x, y)
      j = step(j, x, y)
      k = step(k, x, y)
      l = step(l, x, y)
    }
    return ((a + b) + (c + d)) + ((e + f) + (g + h)) + ((i + j) + (k + l))
  }
}

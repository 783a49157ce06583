import CVector
import Compute
import Machine

// SAFETY: every thread reads a part of the buffer of its own, a multiple of 256 floats, and writes sixteen sums of
// its own.

/// How fast this machine reads memory, at working sets from the first-level cache to main memory.
package enum MemoryBandwidth {
  /// Bytes per second that all threads of the pool read together, each a buffer of its own of `byteCount` bytes.
  ///
  /// The best of several passes counts.
  package static func measureRead(byteCount: Int, pool: WorkerPool, milliseconds: Int = 60) -> Double {
    let floats = max(1_024, byteCount / 4 / 256 * 256)
    let buffer = Slab<Float>(count: floats * pool.threadCount)
    let sums = Slab<Float>(count: 16 * pool.threadCount)
    let repeats = max(1, (8 << 20) / (floats * 4))
    var best = Double.infinity
    let end = Stopwatch.now + Double(milliseconds) / 1_000
    repeat {
      let start = Stopwatch.now
      pool.forEach(pool.threadCount) { task, _ in
        var total = SIMD16<Float>.zero
        for _ in 0..<repeats {
          total += sum(buffer.pointer + task * floats, count: floats)
          // Without this the compiler sums once and multiplies: 19 TB/s.
          quill_forget_memory()
        }
        Float.store(total, sums.pointer + 16 * task)
      }
      best = min(best, Stopwatch.now - start)
    } while Stopwatch.now < end
    return Double(floats * 4 * repeats * pool.threadCount) / best
  }

  @inline(never)
  private static func sum(_ values: UnsafePointer<Float>, count: Int) -> SIMD16<Float> {
    var (a, b, c, d) = (SIMD16<Float>.zero, SIMD16<Float>.zero, SIMD16<Float>.zero, SIMD16<Float>.zero)
    var index = 0
    while index < count {
      a += Float.load(values + index)
      b += Float.load(values + index + 16)
      c += Float.load(values + index + 32)
      d += Float.load(values + index + 48)
      index += 64
    }
    return (a + b) + (c + d)
  }
}

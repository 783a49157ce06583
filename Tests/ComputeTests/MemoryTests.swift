import Compute
import Testing

@Suite(.timeLimit(.minutes(20))) struct MemoryTests {
  @Test(arguments: [0, 1, 63, 4_096, 1_500_000])
  func slabsAreAlignedAndZeroed(count: Int) {
    let slab = Slab<Float>(count: count)
    #expect(Int(bitPattern: slab.pointer) % 64 == 0)
    #expect(slab.count == count && slab.byteCount == 4 * count && slab.buffer.count == count)
    let isZero = withExtendedLifetime(slab) { slab.buffer.allSatisfy { $0.bitPattern == 0 } }
    #expect(isZero)
    for index in 0..<count { slab.pointer[index] = 1 }
    slab.zero()
    let isZeroAgain = withExtendedLifetime(slab) { slab.buffer.allSatisfy { $0.bitPattern == 0 } }
    #expect(isZeroAgain)
  }

  /// The counting run and the real one ask for the same pieces; they are aligned, apart from each other, and fit.
  @Test func anArenaHandsOutWhatItCounted() {
    func request(_ arena: inout Arena) -> [(start: Int, byteCount: Int)] {
      var pieces: [(Int, Int)] = []
      for count in [1, 16, 17, 100] {
        pieces.append((Int(bitPattern: arena.floats(count)), 4 * count))
        pieces.append((Int(bitPattern: arena.bytes(count)), count))
        for precision in Precision.allCases {
          let matrix = arena.matrix(rows: 3, columns: count, precision)
          #expect(matrix.rowStride % 2 == 0 && matrix.rowStride >= count)
          // Room for a whole vector behind the last element.
          pieces.append((Int(bitPattern: matrix.base), 3 * matrix.rowStride * precision.byteCount + 64))
        }
      }
      return pieces
    }
    var counting = Arena()
    _ = request(&counting)
    let memory = Slab<UInt8>(count: counting.byteCount)
    var arena = Arena(memory)
    let pieces = request(&arena)
    #expect(arena.byteCount == counting.byteCount)
    var end = Int(bitPattern: memory.pointer)
    for piece in pieces {
      #expect(piece.start % 64 == 0 && piece.start >= end)
      end = piece.start + piece.byteCount
    }
    #expect(end <= Int(bitPattern: memory.pointer) + memory.byteCount)
  }

  /// More than any machine has: a sentence and the exit code of an internal failure, no signal.
  @Test func memoryThatTheSystemRefusesEndsInASentence() async {
    let result = await #expect(processExitsWith: .exitCode(70), observing: [\.standardErrorContent]) {
      _ = Slab<UInt8>(count: 1 << 60)
    }
    let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(text.contains("Error: the system refused 1152921504606847232 bytes of memory."))
  }
}

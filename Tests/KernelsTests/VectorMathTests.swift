import CVector
import Foundation
import TestSupport
import Testing

/// The C inlines, compiled for the same instruction set as the kernels.
@Suite(.timeLimit(.minutes(20))) struct VectorMathTests {
  /// The error of one exponential in units in the last place of the result.
  static func ulps(_ found: Float, _ x: Float) -> Double {
    let exact = Foundation.exp(Double(x))
    return abs(Double(found) - exact) / Double(Float(exact).ulp)
  }

  /// Every 499th fp32 number from -87.3 to 88.7, some four million: all exponents, all mantissas. Measured: 1.23 ulp.
  @Test func exponentialsAreWithinTwoUlp() {
    var worst = 0.0
    var place: Float = 0
    for sign in [UInt32(0), 0x8000_0000] {
      let last = sign == 0 ? Float(88.72283).bitPattern : Float(87.33654).bitPattern
      var bits = UInt32(0)
      while bits <= last {
        var x = SIMD16<Float>.zero
        for lane in 0..<16 { x[lane] = Float(bitPattern: min(bits + UInt32(lane) * 499, last) | sign) }
        let y = quill_exp(x)
        for lane in 0..<16 {
          let error = Self.ulps(y[lane], x[lane])
          if !(error <= worst) { (worst, place) = (error, x[lane]) }
        }
        bits += 16 * 499
      }
    }
    #expect(worst <= 2, "at \(place)")
  }

  @Test func exponentialsAtTheEndsAreExact() {
    let pairs: [(Float, Float)] = [
      (0, 1), (-0.0, 1), (-.infinity, 0), (.infinity, .infinity), (-87.4, 0), (-1e30, 0), (88.8, .infinity),
      (1e30, .infinity), (1e-30, 1), (-1e-30, 1),
    ]
    for (x, expected) in pairs { #expect(quill_exp(SIMD16(repeating: x))[7] == expected, "exp \(x)") }
    for nan in [Float.nan, -Float.nan, Float(bitPattern: 0x7fc1_2345)] {
      var x = SIMD16<Float>(repeating: 1)
      x[3] = nan
      let y = quill_exp(x)
      #expect(y[3].isNaN && !y[2].isNaN && !y[4].isNaN)
    }
    // Finite arguments below the end give finite results, next to the largest number and the smallest normal one.
    let large = quill_exp(SIMD16(repeating: 88.72283))[0]
    let small = quill_exp(SIMD16(repeating: -87.33654))[0]
    #expect(large.isFinite && large > 3.4e38 && small >= .leastNormalMagnitude && small < 1.18e-38)
  }

  @Test func squareRootsAreCorrectlyRounded() {
    var random = SeededGenerator(seed: 1)
    for _ in 0..<2_000 {
      var x = SIMD16<Float>.zero
      for lane in 0..<16 { x[lane] = Float(bitPattern: UInt32.random(in: 0...0x7f7f_ffff, using: &random)) }
      let y = quill_sqrt(x)
      for lane in 0..<16 where y[lane] != x[lane].squareRoot() { Issue.record("√\(x[lane]) = \(y[lane])") }
    }
  }

  @Test func foldsCoverEveryLane() {
    for lane in 0..<16 {
      var x = SIMD16<Float>.zero
      x[lane] = 3
      #expect(quill_sum(x) == 3 && quill_max_lane(x) == 3)
      #expect(quill_max(x, SIMD16(repeating: 2))[lane] == 3)
      #expect(quill_min(x, SIMD16(repeating: 2))[lane] == 2)
    }
    // Halves are added first, on every machine: the order is part of the result.
    var random = SeededGenerator(seed: 2)
    for _ in 0..<100 {
      var x = SIMD16<Float>.zero
      for lane in 0..<16 { x[lane] = Float(random.signedUnit()) }
      let a = x.lowHalf + x.highHalf
      let b = a.lowHalf + a.highHalf
      #expect(quill_sum(x) == (b[0] + b[2]) + (b[1] + b[3]))
    }
  }

  @Test func transposeSwapsRowsAndColumns() {
    for (fromStride, toStride) in [(16, 16), (16, 64), (23, 17)] {
      let from = (0..<16 * fromStride).map { UInt32($0) }
      var to = [UInt32](repeating: .max, count: 16 * toStride)
      quill_transpose16(from, fromStride, &to, toStride)
      for row in 0..<16 {
        for column in 0..<toStride {
          let expected = column < 16 ? from[column * fromStride + row] : .max
          #expect(to[row * toStride + column] == expected, "row \(row), column \(column)")
        }
      }
    }
  }

  @Test func interleavingPutsTheFirstRowIntoTheLowHalves() {
    var (first, second) = (SIMD16<UInt16>.zero, SIMD16<UInt16>.zero)
    for lane in 0..<16 { (first[lane], second[lane]) = (UInt16(lane), UInt16(0xff00 + lane)) }
    let pairs = quill_interleave_u16(first, second)
    for lane in 0..<16 { #expect(pairs[lane] == UInt32(0xff00 + lane) << 16 | UInt32(lane)) }
  }

  /// c + a₁b₁ + a₀b₀ in fp32: two roundings, whichever product comes first.
  @Test func pairProductsAddBothHalves() {
    var random = SeededGenerator(seed: 3)
    for _ in 0..<1_000 {
      var (a, b, c) = (SIMD16<UInt32>.zero, SIMD16<UInt32>.zero, SIMD16<Float>.zero)
      func number(_ half: UInt32) -> Double { Double(Float(bitPattern: half << 16)) }
      for lane in 0..<16 {
        // Signs, exponents near 1, seven bits of mantissa.
        func half() -> UInt32 {
          UInt32.random(in: 0...1, using: &random) << 15 | UInt32.random(in: 0x3e00...0x40ff, using: &random)
        }
        (a[lane], b[lane]) = (half() << 16 | half(), half() << 16 | half())
        c[lane] = Float(random.signedUnit())
      }
      let sum = quill_dot_bf16(c, a, b)
      for lane in 0..<16 {
        let low = number(a[lane] & 0xffff) * number(b[lane] & 0xffff)
        let high = number(a[lane] >> 16) * number(b[lane] >> 16)
        let size = abs(Double(c[lane])) + abs(low) + abs(high)
        let error = abs(Double(sum[lane]) - (Double(c[lane]) + low + high))
        if !(error <= Roundoff.gamma(2) * size) { Issue.record("\(sum[lane]) is off by \(error)") }
      }
    }
  }

  /// Partial loads and stores at the end of readable memory: the page behind it faults.
  @Test func partialAccessTouchesNothingBeyond() {
    let page = sysconf(Int32(_SC_PAGESIZE))
    let memory = mmap(nil, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)!
    defer { munmap(memory, 2 * page) }
    #expect(mprotect(memory + page, page, PROT_NONE) == 0)
    for count in 0...16 {
      let floats = (memory + page - 4 * count).assumingMemoryBound(to: Float.self)
      let shorts = (memory + page - 2 * count).assumingMemoryBound(to: UInt16.self)
      memset(memory + page - 256, 0x11, 256)
      let before = Float(bitPattern: 0x1111_1111)
      quill_store_partial_f32(floats, SIMD16(repeating: 5), count)
      let loaded = quill_load_partial_f32(floats, count)
      for lane in 0..<16 { #expect(loaded[lane] == (lane < count ? 5 : 0)) }
      #expect(floats[-1] == before)
      quill_store_partial_u16(shorts, SIMD16(repeating: 7), count)
      let loadedShorts = quill_load_partial_u16(shorts, count)
      for lane in 0..<16 { #expect(loadedShorts[lane] == (lane < count ? 7 : 0)) }
    }
  }
}

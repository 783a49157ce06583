// Written by scripts/generate_micro_kernels.py; change that.

import CVector
import Compute

// SAFETY: the rows of A and B hold kCount lanes, B's to whole vectors, and `start` and `out` have room for the tile: the
// callers in GEMM.swift give whole tiles of their own where a matrix has less. The lines ahead are only prefetched.

/// 6 rows × 64 columns, fp32, in vectors of 16 lanes.
@inline(never)
func multiply6x64(
  kCount: Int, a: MicroTile.RowPointers<Float>, aStride: Int, b: UnsafePointer<Float>, bStride: Int,
  ahead: MicroTile.Ahead, start: TileStart, out: TileDestination
) {
  let a0 = a.0
  let a1 = a.1
  let a2 = a.2
  let a3 = a.3
  let a4 = a.4
  let a5 = a.5
  var c00 = SIMD16<Float>.zero
  var c01 = SIMD16<Float>.zero
  var c02 = SIMD16<Float>.zero
  var c03 = SIMD16<Float>.zero
  var c10 = SIMD16<Float>.zero
  var c11 = SIMD16<Float>.zero
  var c12 = SIMD16<Float>.zero
  var c13 = SIMD16<Float>.zero
  var c20 = SIMD16<Float>.zero
  var c21 = SIMD16<Float>.zero
  var c22 = SIMD16<Float>.zero
  var c23 = SIMD16<Float>.zero
  var c30 = SIMD16<Float>.zero
  var c31 = SIMD16<Float>.zero
  var c32 = SIMD16<Float>.zero
  var c33 = SIMD16<Float>.zero
  var c40 = SIMD16<Float>.zero
  var c41 = SIMD16<Float>.zero
  var c42 = SIMD16<Float>.zero
  var c43 = SIMD16<Float>.zero
  var c50 = SIMD16<Float>.zero
  var c51 = SIMD16<Float>.zero
  var c52 = SIMD16<Float>.zero
  var c53 = SIMD16<Float>.zero
  if let sums = start.base {
    c00 = Float.load(sums + 0 * start.rowStride + 0)
    c01 = Float.load(sums + 0 * start.rowStride + 16)
    c02 = Float.load(sums + 0 * start.rowStride + 32)
    c03 = Float.load(sums + 0 * start.rowStride + 48)
    c10 = Float.load(sums + 1 * start.rowStride + 0)
    c11 = Float.load(sums + 1 * start.rowStride + 16)
    c12 = Float.load(sums + 1 * start.rowStride + 32)
    c13 = Float.load(sums + 1 * start.rowStride + 48)
    c20 = Float.load(sums + 2 * start.rowStride + 0)
    c21 = Float.load(sums + 2 * start.rowStride + 16)
    c22 = Float.load(sums + 2 * start.rowStride + 32)
    c23 = Float.load(sums + 2 * start.rowStride + 48)
    c30 = Float.load(sums + 3 * start.rowStride + 0)
    c31 = Float.load(sums + 3 * start.rowStride + 16)
    c32 = Float.load(sums + 3 * start.rowStride + 32)
    c33 = Float.load(sums + 3 * start.rowStride + 48)
    c40 = Float.load(sums + 4 * start.rowStride + 0)
    c41 = Float.load(sums + 4 * start.rowStride + 16)
    c42 = Float.load(sums + 4 * start.rowStride + 32)
    c43 = Float.load(sums + 4 * start.rowStride + 48)
    c50 = Float.load(sums + 5 * start.rowStride + 0)
    c51 = Float.load(sums + 5 * start.rowStride + 16)
    c52 = Float.load(sums + 5 * start.rowStride + 32)
    c53 = Float.load(sums + 5 * start.rowStride + 48)
  }
  var offset = 0
  var row = UnsafeRawPointer(b)
  var next = ahead.start
  for _ in 0..<kCount {
    quill_prefetch(next)
    next += ahead.byteStride
    let b0 = row.loadUnaligned(fromByteOffset: 0, as: SIMD16<Float>.self)
    let b1 = row.loadUnaligned(fromByteOffset: 64, as: SIMD16<Float>.self)
    let b2 = row.loadUnaligned(fromByteOffset: 128, as: SIMD16<Float>.self)
    let b3 = row.loadUnaligned(fromByteOffset: 192, as: SIMD16<Float>.self)
    let x0 = SIMD16<Float>(repeating: a0[offset])
    c00 = c00.addingProduct(x0, b0)
    c01 = c01.addingProduct(x0, b1)
    c02 = c02.addingProduct(x0, b2)
    c03 = c03.addingProduct(x0, b3)
    let x1 = SIMD16<Float>(repeating: a1[offset])
    c10 = c10.addingProduct(x1, b0)
    c11 = c11.addingProduct(x1, b1)
    c12 = c12.addingProduct(x1, b2)
    c13 = c13.addingProduct(x1, b3)
    let x2 = SIMD16<Float>(repeating: a2[offset])
    c20 = c20.addingProduct(x2, b0)
    c21 = c21.addingProduct(x2, b1)
    c22 = c22.addingProduct(x2, b2)
    c23 = c23.addingProduct(x2, b3)
    let x3 = SIMD16<Float>(repeating: a3[offset])
    c30 = c30.addingProduct(x3, b0)
    c31 = c31.addingProduct(x3, b1)
    c32 = c32.addingProduct(x3, b2)
    c33 = c33.addingProduct(x3, b3)
    let x4 = SIMD16<Float>(repeating: a4[offset])
    c40 = c40.addingProduct(x4, b0)
    c41 = c41.addingProduct(x4, b1)
    c42 = c42.addingProduct(x4, b2)
    c43 = c43.addingProduct(x4, b3)
    let x5 = SIMD16<Float>(repeating: a5[offset])
    c50 = c50.addingProduct(x5, b0)
    c51 = c51.addingProduct(x5, b1)
    c52 = c52.addingProduct(x5, b2)
    c53 = c53.addingProduct(x5, b3)
    offset += aStride
    row += bStride * 4
  }
  switch out.precision {
  case .fp32:
    Float.store(c00, (out.base + 0 * out.rowByteStride + 0).assumingMemoryBound(to: Float.self))
    Float.store(c01, (out.base + 0 * out.rowByteStride + 64).assumingMemoryBound(to: Float.self))
    Float.store(c02, (out.base + 0 * out.rowByteStride + 128).assumingMemoryBound(to: Float.self))
    Float.store(c03, (out.base + 0 * out.rowByteStride + 192).assumingMemoryBound(to: Float.self))
    Float.store(c10, (out.base + 1 * out.rowByteStride + 0).assumingMemoryBound(to: Float.self))
    Float.store(c11, (out.base + 1 * out.rowByteStride + 64).assumingMemoryBound(to: Float.self))
    Float.store(c12, (out.base + 1 * out.rowByteStride + 128).assumingMemoryBound(to: Float.self))
    Float.store(c13, (out.base + 1 * out.rowByteStride + 192).assumingMemoryBound(to: Float.self))
    Float.store(c20, (out.base + 2 * out.rowByteStride + 0).assumingMemoryBound(to: Float.self))
    Float.store(c21, (out.base + 2 * out.rowByteStride + 64).assumingMemoryBound(to: Float.self))
    Float.store(c22, (out.base + 2 * out.rowByteStride + 128).assumingMemoryBound(to: Float.self))
    Float.store(c23, (out.base + 2 * out.rowByteStride + 192).assumingMemoryBound(to: Float.self))
    Float.store(c30, (out.base + 3 * out.rowByteStride + 0).assumingMemoryBound(to: Float.self))
    Float.store(c31, (out.base + 3 * out.rowByteStride + 64).assumingMemoryBound(to: Float.self))
    Float.store(c32, (out.base + 3 * out.rowByteStride + 128).assumingMemoryBound(to: Float.self))
    Float.store(c33, (out.base + 3 * out.rowByteStride + 192).assumingMemoryBound(to: Float.self))
    Float.store(c40, (out.base + 4 * out.rowByteStride + 0).assumingMemoryBound(to: Float.self))
    Float.store(c41, (out.base + 4 * out.rowByteStride + 64).assumingMemoryBound(to: Float.self))
    Float.store(c42, (out.base + 4 * out.rowByteStride + 128).assumingMemoryBound(to: Float.self))
    Float.store(c43, (out.base + 4 * out.rowByteStride + 192).assumingMemoryBound(to: Float.self))
    Float.store(c50, (out.base + 5 * out.rowByteStride + 0).assumingMemoryBound(to: Float.self))
    Float.store(c51, (out.base + 5 * out.rowByteStride + 64).assumingMemoryBound(to: Float.self))
    Float.store(c52, (out.base + 5 * out.rowByteStride + 128).assumingMemoryBound(to: Float.self))
    Float.store(c53, (out.base + 5 * out.rowByteStride + 192).assumingMemoryBound(to: Float.self))
  case .bf16:
    BFloat16.store(c00, (out.base + 0 * out.rowByteStride + 0).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c01, (out.base + 0 * out.rowByteStride + 32).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c02, (out.base + 0 * out.rowByteStride + 64).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c03, (out.base + 0 * out.rowByteStride + 96).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c10, (out.base + 1 * out.rowByteStride + 0).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c11, (out.base + 1 * out.rowByteStride + 32).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c12, (out.base + 1 * out.rowByteStride + 64).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c13, (out.base + 1 * out.rowByteStride + 96).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c20, (out.base + 2 * out.rowByteStride + 0).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c21, (out.base + 2 * out.rowByteStride + 32).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c22, (out.base + 2 * out.rowByteStride + 64).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c23, (out.base + 2 * out.rowByteStride + 96).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c30, (out.base + 3 * out.rowByteStride + 0).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c31, (out.base + 3 * out.rowByteStride + 32).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c32, (out.base + 3 * out.rowByteStride + 64).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c33, (out.base + 3 * out.rowByteStride + 96).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c40, (out.base + 4 * out.rowByteStride + 0).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c41, (out.base + 4 * out.rowByteStride + 32).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c42, (out.base + 4 * out.rowByteStride + 64).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c43, (out.base + 4 * out.rowByteStride + 96).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c50, (out.base + 5 * out.rowByteStride + 0).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c51, (out.base + 5 * out.rowByteStride + 32).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c52, (out.base + 5 * out.rowByteStride + 64).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c53, (out.base + 5 * out.rowByteStride + 96).assumingMemoryBound(to: BFloat16.self))
  }
}

/// 6 rows × 48 columns, fp32, in vectors of 16 lanes.
@inline(never)
func multiply6x48(
  kCount: Int, a: MicroTile.RowPointers<Float>, aStride: Int, b: UnsafePointer<Float>, bStride: Int,
  ahead: MicroTile.Ahead, start: TileStart, out: TileDestination
) {
  let a0 = a.0
  let a1 = a.1
  let a2 = a.2
  let a3 = a.3
  let a4 = a.4
  let a5 = a.5
  var c00 = SIMD16<Float>.zero
  var c01 = SIMD16<Float>.zero
  var c02 = SIMD16<Float>.zero
  var c10 = SIMD16<Float>.zero
  var c11 = SIMD16<Float>.zero
  var c12 = SIMD16<Float>.zero
  var c20 = SIMD16<Float>.zero
  var c21 = SIMD16<Float>.zero
  var c22 = SIMD16<Float>.zero
  var c30 = SIMD16<Float>.zero
  var c31 = SIMD16<Float>.zero
  var c32 = SIMD16<Float>.zero
  var c40 = SIMD16<Float>.zero
  var c41 = SIMD16<Float>.zero
  var c42 = SIMD16<Float>.zero
  var c50 = SIMD16<Float>.zero
  var c51 = SIMD16<Float>.zero
  var c52 = SIMD16<Float>.zero
  if let sums = start.base {
    c00 = Float.load(sums + 0 * start.rowStride + 0)
    c01 = Float.load(sums + 0 * start.rowStride + 16)
    c02 = Float.load(sums + 0 * start.rowStride + 32)
    c10 = Float.load(sums + 1 * start.rowStride + 0)
    c11 = Float.load(sums + 1 * start.rowStride + 16)
    c12 = Float.load(sums + 1 * start.rowStride + 32)
    c20 = Float.load(sums + 2 * start.rowStride + 0)
    c21 = Float.load(sums + 2 * start.rowStride + 16)
    c22 = Float.load(sums + 2 * start.rowStride + 32)
    c30 = Float.load(sums + 3 * start.rowStride + 0)
    c31 = Float.load(sums + 3 * start.rowStride + 16)
    c32 = Float.load(sums + 3 * start.rowStride + 32)
    c40 = Float.load(sums + 4 * start.rowStride + 0)
    c41 = Float.load(sums + 4 * start.rowStride + 16)
    c42 = Float.load(sums + 4 * start.rowStride + 32)
    c50 = Float.load(sums + 5 * start.rowStride + 0)
    c51 = Float.load(sums + 5 * start.rowStride + 16)
    c52 = Float.load(sums + 5 * start.rowStride + 32)
  }
  var offset = 0
  var row = UnsafeRawPointer(b)
  var next = ahead.start
  for _ in 0..<kCount {
    quill_prefetch(next)
    next += ahead.byteStride
    let b0 = row.loadUnaligned(fromByteOffset: 0, as: SIMD16<Float>.self)
    let b1 = row.loadUnaligned(fromByteOffset: 64, as: SIMD16<Float>.self)
    let b2 = row.loadUnaligned(fromByteOffset: 128, as: SIMD16<Float>.self)
    let x0 = SIMD16<Float>(repeating: a0[offset])
    c00 = c00.addingProduct(x0, b0)
    c01 = c01.addingProduct(x0, b1)
    c02 = c02.addingProduct(x0, b2)
    let x1 = SIMD16<Float>(repeating: a1[offset])
    c10 = c10.addingProduct(x1, b0)
    c11 = c11.addingProduct(x1, b1)
    c12 = c12.addingProduct(x1, b2)
    let x2 = SIMD16<Float>(repeating: a2[offset])
    c20 = c20.addingProduct(x2, b0)
    c21 = c21.addingProduct(x2, b1)
    c22 = c22.addingProduct(x2, b2)
    let x3 = SIMD16<Float>(repeating: a3[offset])
    c30 = c30.addingProduct(x3, b0)
    c31 = c31.addingProduct(x3, b1)
    c32 = c32.addingProduct(x3, b2)
    let x4 = SIMD16<Float>(repeating: a4[offset])
    c40 = c40.addingProduct(x4, b0)
    c41 = c41.addingProduct(x4, b1)
    c42 = c42.addingProduct(x4, b2)
    let x5 = SIMD16<Float>(repeating: a5[offset])
    c50 = c50.addingProduct(x5, b0)
    c51 = c51.addingProduct(x5, b1)
    c52 = c52.addingProduct(x5, b2)
    offset += aStride
    row += bStride * 4
  }
  switch out.precision {
  case .fp32:
    Float.store(c00, (out.base + 0 * out.rowByteStride + 0).assumingMemoryBound(to: Float.self))
    Float.store(c01, (out.base + 0 * out.rowByteStride + 64).assumingMemoryBound(to: Float.self))
    Float.store(c02, (out.base + 0 * out.rowByteStride + 128).assumingMemoryBound(to: Float.self))
    Float.store(c10, (out.base + 1 * out.rowByteStride + 0).assumingMemoryBound(to: Float.self))
    Float.store(c11, (out.base + 1 * out.rowByteStride + 64).assumingMemoryBound(to: Float.self))
    Float.store(c12, (out.base + 1 * out.rowByteStride + 128).assumingMemoryBound(to: Float.self))
    Float.store(c20, (out.base + 2 * out.rowByteStride + 0).assumingMemoryBound(to: Float.self))
    Float.store(c21, (out.base + 2 * out.rowByteStride + 64).assumingMemoryBound(to: Float.self))
    Float.store(c22, (out.base + 2 * out.rowByteStride + 128).assumingMemoryBound(to: Float.self))
    Float.store(c30, (out.base + 3 * out.rowByteStride + 0).assumingMemoryBound(to: Float.self))
    Float.store(c31, (out.base + 3 * out.rowByteStride + 64).assumingMemoryBound(to: Float.self))
    Float.store(c32, (out.base + 3 * out.rowByteStride + 128).assumingMemoryBound(to: Float.self))
    Float.store(c40, (out.base + 4 * out.rowByteStride + 0).assumingMemoryBound(to: Float.self))
    Float.store(c41, (out.base + 4 * out.rowByteStride + 64).assumingMemoryBound(to: Float.self))
    Float.store(c42, (out.base + 4 * out.rowByteStride + 128).assumingMemoryBound(to: Float.self))
    Float.store(c50, (out.base + 5 * out.rowByteStride + 0).assumingMemoryBound(to: Float.self))
    Float.store(c51, (out.base + 5 * out.rowByteStride + 64).assumingMemoryBound(to: Float.self))
    Float.store(c52, (out.base + 5 * out.rowByteStride + 128).assumingMemoryBound(to: Float.self))
  case .bf16:
    BFloat16.store(c00, (out.base + 0 * out.rowByteStride + 0).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c01, (out.base + 0 * out.rowByteStride + 32).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c02, (out.base + 0 * out.rowByteStride + 64).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c10, (out.base + 1 * out.rowByteStride + 0).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c11, (out.base + 1 * out.rowByteStride + 32).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c12, (out.base + 1 * out.rowByteStride + 64).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c20, (out.base + 2 * out.rowByteStride + 0).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c21, (out.base + 2 * out.rowByteStride + 32).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c22, (out.base + 2 * out.rowByteStride + 64).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c30, (out.base + 3 * out.rowByteStride + 0).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c31, (out.base + 3 * out.rowByteStride + 32).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c32, (out.base + 3 * out.rowByteStride + 64).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c40, (out.base + 4 * out.rowByteStride + 0).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c41, (out.base + 4 * out.rowByteStride + 32).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c42, (out.base + 4 * out.rowByteStride + 64).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c50, (out.base + 5 * out.rowByteStride + 0).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c51, (out.base + 5 * out.rowByteStride + 32).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c52, (out.base + 5 * out.rowByteStride + 64).assumingMemoryBound(to: BFloat16.self))
  }
}

/// 6 rows × 32 columns, fp32, in vectors of 16 lanes.
@inline(never)
func multiply6x32(
  kCount: Int, a: MicroTile.RowPointers<Float>, aStride: Int, b: UnsafePointer<Float>, bStride: Int,
  ahead: MicroTile.Ahead, start: TileStart, out: TileDestination
) {
  let a0 = a.0
  let a1 = a.1
  let a2 = a.2
  let a3 = a.3
  let a4 = a.4
  let a5 = a.5
  var c00 = SIMD16<Float>.zero
  var c01 = SIMD16<Float>.zero
  var c10 = SIMD16<Float>.zero
  var c11 = SIMD16<Float>.zero
  var c20 = SIMD16<Float>.zero
  var c21 = SIMD16<Float>.zero
  var c30 = SIMD16<Float>.zero
  var c31 = SIMD16<Float>.zero
  var c40 = SIMD16<Float>.zero
  var c41 = SIMD16<Float>.zero
  var c50 = SIMD16<Float>.zero
  var c51 = SIMD16<Float>.zero
  if let sums = start.base {
    c00 = Float.load(sums + 0 * start.rowStride + 0)
    c01 = Float.load(sums + 0 * start.rowStride + 16)
    c10 = Float.load(sums + 1 * start.rowStride + 0)
    c11 = Float.load(sums + 1 * start.rowStride + 16)
    c20 = Float.load(sums + 2 * start.rowStride + 0)
    c21 = Float.load(sums + 2 * start.rowStride + 16)
    c30 = Float.load(sums + 3 * start.rowStride + 0)
    c31 = Float.load(sums + 3 * start.rowStride + 16)
    c40 = Float.load(sums + 4 * start.rowStride + 0)
    c41 = Float.load(sums + 4 * start.rowStride + 16)
    c50 = Float.load(sums + 5 * start.rowStride + 0)
    c51 = Float.load(sums + 5 * start.rowStride + 16)
  }
  var offset = 0
  var row = UnsafeRawPointer(b)
  var next = ahead.start
  for _ in 0..<kCount {
    quill_prefetch(next)
    next += ahead.byteStride
    let b0 = row.loadUnaligned(fromByteOffset: 0, as: SIMD16<Float>.self)
    let b1 = row.loadUnaligned(fromByteOffset: 64, as: SIMD16<Float>.self)
    let x0 = SIMD16<Float>(repeating: a0[offset])
    c00 = c00.addingProduct(x0, b0)
    c01 = c01.addingProduct(x0, b1)
    let x1 = SIMD16<Float>(repeating: a1[offset])
    c10 = c10.addingProduct(x1, b0)
    c11 = c11.addingProduct(x1, b1)
    let x2 = SIMD16<Float>(repeating: a2[offset])
    c20 = c20.addingProduct(x2, b0)
    c21 = c21.addingProduct(x2, b1)
    let x3 = SIMD16<Float>(repeating: a3[offset])
    c30 = c30.addingProduct(x3, b0)
    c31 = c31.addingProduct(x3, b1)
    let x4 = SIMD16<Float>(repeating: a4[offset])
    c40 = c40.addingProduct(x4, b0)
    c41 = c41.addingProduct(x4, b1)
    let x5 = SIMD16<Float>(repeating: a5[offset])
    c50 = c50.addingProduct(x5, b0)
    c51 = c51.addingProduct(x5, b1)
    offset += aStride
    row += bStride * 4
  }
  switch out.precision {
  case .fp32:
    Float.store(c00, (out.base + 0 * out.rowByteStride + 0).assumingMemoryBound(to: Float.self))
    Float.store(c01, (out.base + 0 * out.rowByteStride + 64).assumingMemoryBound(to: Float.self))
    Float.store(c10, (out.base + 1 * out.rowByteStride + 0).assumingMemoryBound(to: Float.self))
    Float.store(c11, (out.base + 1 * out.rowByteStride + 64).assumingMemoryBound(to: Float.self))
    Float.store(c20, (out.base + 2 * out.rowByteStride + 0).assumingMemoryBound(to: Float.self))
    Float.store(c21, (out.base + 2 * out.rowByteStride + 64).assumingMemoryBound(to: Float.self))
    Float.store(c30, (out.base + 3 * out.rowByteStride + 0).assumingMemoryBound(to: Float.self))
    Float.store(c31, (out.base + 3 * out.rowByteStride + 64).assumingMemoryBound(to: Float.self))
    Float.store(c40, (out.base + 4 * out.rowByteStride + 0).assumingMemoryBound(to: Float.self))
    Float.store(c41, (out.base + 4 * out.rowByteStride + 64).assumingMemoryBound(to: Float.self))
    Float.store(c50, (out.base + 5 * out.rowByteStride + 0).assumingMemoryBound(to: Float.self))
    Float.store(c51, (out.base + 5 * out.rowByteStride + 64).assumingMemoryBound(to: Float.self))
  case .bf16:
    BFloat16.store(c00, (out.base + 0 * out.rowByteStride + 0).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c01, (out.base + 0 * out.rowByteStride + 32).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c10, (out.base + 1 * out.rowByteStride + 0).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c11, (out.base + 1 * out.rowByteStride + 32).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c20, (out.base + 2 * out.rowByteStride + 0).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c21, (out.base + 2 * out.rowByteStride + 32).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c30, (out.base + 3 * out.rowByteStride + 0).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c31, (out.base + 3 * out.rowByteStride + 32).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c40, (out.base + 4 * out.rowByteStride + 0).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c41, (out.base + 4 * out.rowByteStride + 32).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c50, (out.base + 5 * out.rowByteStride + 0).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c51, (out.base + 5 * out.rowByteStride + 32).assumingMemoryBound(to: BFloat16.self))
  }
}

/// 6 rows × 16 columns, fp32, in vectors of 16 lanes.
@inline(never)
func multiply6x16(
  kCount: Int, a: MicroTile.RowPointers<Float>, aStride: Int, b: UnsafePointer<Float>, bStride: Int,
  ahead: MicroTile.Ahead, start: TileStart, out: TileDestination
) {
  let a0 = a.0
  let a1 = a.1
  let a2 = a.2
  let a3 = a.3
  let a4 = a.4
  let a5 = a.5
  var c00 = SIMD16<Float>.zero
  var c10 = SIMD16<Float>.zero
  var c20 = SIMD16<Float>.zero
  var c30 = SIMD16<Float>.zero
  var c40 = SIMD16<Float>.zero
  var c50 = SIMD16<Float>.zero
  if let sums = start.base {
    c00 = Float.load(sums + 0 * start.rowStride + 0)
    c10 = Float.load(sums + 1 * start.rowStride + 0)
    c20 = Float.load(sums + 2 * start.rowStride + 0)
    c30 = Float.load(sums + 3 * start.rowStride + 0)
    c40 = Float.load(sums + 4 * start.rowStride + 0)
    c50 = Float.load(sums + 5 * start.rowStride + 0)
  }
  var offset = 0
  var row = UnsafeRawPointer(b)
  var next = ahead.start
  for _ in 0..<kCount {
    quill_prefetch(next)
    next += ahead.byteStride
    let b0 = row.loadUnaligned(fromByteOffset: 0, as: SIMD16<Float>.self)
    let x0 = SIMD16<Float>(repeating: a0[offset])
    c00 = c00.addingProduct(x0, b0)
    let x1 = SIMD16<Float>(repeating: a1[offset])
    c10 = c10.addingProduct(x1, b0)
    let x2 = SIMD16<Float>(repeating: a2[offset])
    c20 = c20.addingProduct(x2, b0)
    let x3 = SIMD16<Float>(repeating: a3[offset])
    c30 = c30.addingProduct(x3, b0)
    let x4 = SIMD16<Float>(repeating: a4[offset])
    c40 = c40.addingProduct(x4, b0)
    let x5 = SIMD16<Float>(repeating: a5[offset])
    c50 = c50.addingProduct(x5, b0)
    offset += aStride
    row += bStride * 4
  }
  switch out.precision {
  case .fp32:
    Float.store(c00, (out.base + 0 * out.rowByteStride + 0).assumingMemoryBound(to: Float.self))
    Float.store(c10, (out.base + 1 * out.rowByteStride + 0).assumingMemoryBound(to: Float.self))
    Float.store(c20, (out.base + 2 * out.rowByteStride + 0).assumingMemoryBound(to: Float.self))
    Float.store(c30, (out.base + 3 * out.rowByteStride + 0).assumingMemoryBound(to: Float.self))
    Float.store(c40, (out.base + 4 * out.rowByteStride + 0).assumingMemoryBound(to: Float.self))
    Float.store(c50, (out.base + 5 * out.rowByteStride + 0).assumingMemoryBound(to: Float.self))
  case .bf16:
    BFloat16.store(c00, (out.base + 0 * out.rowByteStride + 0).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c10, (out.base + 1 * out.rowByteStride + 0).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c20, (out.base + 2 * out.rowByteStride + 0).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c30, (out.base + 3 * out.rowByteStride + 0).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c40, (out.base + 4 * out.rowByteStride + 0).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c50, (out.base + 5 * out.rowByteStride + 0).assumingMemoryBound(to: BFloat16.self))
  }
}

/// 6 rows × 64 columns, pairs of bf16, in vectors of 16 lanes.
@inline(never)
func multiply6x64(
  kCount: Int, a: MicroTile.RowPointers<UInt32>, aStride: Int, b: UnsafePointer<UInt32>, bStride: Int,
  ahead: MicroTile.Ahead, start: TileStart, out: TileDestination
) {
  let a0 = a.0
  let a1 = a.1
  let a2 = a.2
  let a3 = a.3
  let a4 = a.4
  let a5 = a.5
  var c00 = SIMD16<Float>.zero
  var c01 = SIMD16<Float>.zero
  var c02 = SIMD16<Float>.zero
  var c03 = SIMD16<Float>.zero
  var c10 = SIMD16<Float>.zero
  var c11 = SIMD16<Float>.zero
  var c12 = SIMD16<Float>.zero
  var c13 = SIMD16<Float>.zero
  var c20 = SIMD16<Float>.zero
  var c21 = SIMD16<Float>.zero
  var c22 = SIMD16<Float>.zero
  var c23 = SIMD16<Float>.zero
  var c30 = SIMD16<Float>.zero
  var c31 = SIMD16<Float>.zero
  var c32 = SIMD16<Float>.zero
  var c33 = SIMD16<Float>.zero
  var c40 = SIMD16<Float>.zero
  var c41 = SIMD16<Float>.zero
  var c42 = SIMD16<Float>.zero
  var c43 = SIMD16<Float>.zero
  var c50 = SIMD16<Float>.zero
  var c51 = SIMD16<Float>.zero
  var c52 = SIMD16<Float>.zero
  var c53 = SIMD16<Float>.zero
  if let sums = start.base {
    c00 = Float.load(sums + 0 * start.rowStride + 0)
    c01 = Float.load(sums + 0 * start.rowStride + 16)
    c02 = Float.load(sums + 0 * start.rowStride + 32)
    c03 = Float.load(sums + 0 * start.rowStride + 48)
    c10 = Float.load(sums + 1 * start.rowStride + 0)
    c11 = Float.load(sums + 1 * start.rowStride + 16)
    c12 = Float.load(sums + 1 * start.rowStride + 32)
    c13 = Float.load(sums + 1 * start.rowStride + 48)
    c20 = Float.load(sums + 2 * start.rowStride + 0)
    c21 = Float.load(sums + 2 * start.rowStride + 16)
    c22 = Float.load(sums + 2 * start.rowStride + 32)
    c23 = Float.load(sums + 2 * start.rowStride + 48)
    c30 = Float.load(sums + 3 * start.rowStride + 0)
    c31 = Float.load(sums + 3 * start.rowStride + 16)
    c32 = Float.load(sums + 3 * start.rowStride + 32)
    c33 = Float.load(sums + 3 * start.rowStride + 48)
    c40 = Float.load(sums + 4 * start.rowStride + 0)
    c41 = Float.load(sums + 4 * start.rowStride + 16)
    c42 = Float.load(sums + 4 * start.rowStride + 32)
    c43 = Float.load(sums + 4 * start.rowStride + 48)
    c50 = Float.load(sums + 5 * start.rowStride + 0)
    c51 = Float.load(sums + 5 * start.rowStride + 16)
    c52 = Float.load(sums + 5 * start.rowStride + 32)
    c53 = Float.load(sums + 5 * start.rowStride + 48)
  }
  var offset = 0
  var row = UnsafeRawPointer(b)
  var next = ahead.start
  for _ in 0..<kCount {
    quill_prefetch(next)
    next += ahead.byteStride
    let b0 = row.loadUnaligned(fromByteOffset: 0, as: SIMD16<UInt32>.self)
    let b1 = row.loadUnaligned(fromByteOffset: 64, as: SIMD16<UInt32>.self)
    let b2 = row.loadUnaligned(fromByteOffset: 128, as: SIMD16<UInt32>.self)
    let b3 = row.loadUnaligned(fromByteOffset: 192, as: SIMD16<UInt32>.self)
    let x0 = SIMD16<UInt32>(repeating: a0[offset])
    c00 = quill_dot_bf16(c00, x0, b0)
    c01 = quill_dot_bf16(c01, x0, b1)
    c02 = quill_dot_bf16(c02, x0, b2)
    c03 = quill_dot_bf16(c03, x0, b3)
    let x1 = SIMD16<UInt32>(repeating: a1[offset])
    c10 = quill_dot_bf16(c10, x1, b0)
    c11 = quill_dot_bf16(c11, x1, b1)
    c12 = quill_dot_bf16(c12, x1, b2)
    c13 = quill_dot_bf16(c13, x1, b3)
    let x2 = SIMD16<UInt32>(repeating: a2[offset])
    c20 = quill_dot_bf16(c20, x2, b0)
    c21 = quill_dot_bf16(c21, x2, b1)
    c22 = quill_dot_bf16(c22, x2, b2)
    c23 = quill_dot_bf16(c23, x2, b3)
    let x3 = SIMD16<UInt32>(repeating: a3[offset])
    c30 = quill_dot_bf16(c30, x3, b0)
    c31 = quill_dot_bf16(c31, x3, b1)
    c32 = quill_dot_bf16(c32, x3, b2)
    c33 = quill_dot_bf16(c33, x3, b3)
    let x4 = SIMD16<UInt32>(repeating: a4[offset])
    c40 = quill_dot_bf16(c40, x4, b0)
    c41 = quill_dot_bf16(c41, x4, b1)
    c42 = quill_dot_bf16(c42, x4, b2)
    c43 = quill_dot_bf16(c43, x4, b3)
    let x5 = SIMD16<UInt32>(repeating: a5[offset])
    c50 = quill_dot_bf16(c50, x5, b0)
    c51 = quill_dot_bf16(c51, x5, b1)
    c52 = quill_dot_bf16(c52, x5, b2)
    c53 = quill_dot_bf16(c53, x5, b3)
    offset += aStride
    row += bStride * 4
  }
  switch out.precision {
  case .fp32:
    Float.store(c00, (out.base + 0 * out.rowByteStride + 0).assumingMemoryBound(to: Float.self))
    Float.store(c01, (out.base + 0 * out.rowByteStride + 64).assumingMemoryBound(to: Float.self))
    Float.store(c02, (out.base + 0 * out.rowByteStride + 128).assumingMemoryBound(to: Float.self))
    Float.store(c03, (out.base + 0 * out.rowByteStride + 192).assumingMemoryBound(to: Float.self))
    Float.store(c10, (out.base + 1 * out.rowByteStride + 0).assumingMemoryBound(to: Float.self))
    Float.store(c11, (out.base + 1 * out.rowByteStride + 64).assumingMemoryBound(to: Float.self))
    Float.store(c12, (out.base + 1 * out.rowByteStride + 128).assumingMemoryBound(to: Float.self))
    Float.store(c13, (out.base + 1 * out.rowByteStride + 192).assumingMemoryBound(to: Float.self))
    Float.store(c20, (out.base + 2 * out.rowByteStride + 0).assumingMemoryBound(to: Float.self))
    Float.store(c21, (out.base + 2 * out.rowByteStride + 64).assumingMemoryBound(to: Float.self))
    Float.store(c22, (out.base + 2 * out.rowByteStride + 128).assumingMemoryBound(to: Float.self))
    Float.store(c23, (out.base + 2 * out.rowByteStride + 192).assumingMemoryBound(to: Float.self))
    Float.store(c30, (out.base + 3 * out.rowByteStride + 0).assumingMemoryBound(to: Float.self))
    Float.store(c31, (out.base + 3 * out.rowByteStride + 64).assumingMemoryBound(to: Float.self))
    Float.store(c32, (out.base + 3 * out.rowByteStride + 128).assumingMemoryBound(to: Float.self))
    Float.store(c33, (out.base + 3 * out.rowByteStride + 192).assumingMemoryBound(to: Float.self))
    Float.store(c40, (out.base + 4 * out.rowByteStride + 0).assumingMemoryBound(to: Float.self))
    Float.store(c41, (out.base + 4 * out.rowByteStride + 64).assumingMemoryBound(to: Float.self))
    Float.store(c42, (out.base + 4 * out.rowByteStride + 128).assumingMemoryBound(to: Float.self))
    Float.store(c43, (out.base + 4 * out.rowByteStride + 192).assumingMemoryBound(to: Float.self))
    Float.store(c50, (out.base + 5 * out.rowByteStride + 0).assumingMemoryBound(to: Float.self))
    Float.store(c51, (out.base + 5 * out.rowByteStride + 64).assumingMemoryBound(to: Float.self))
    Float.store(c52, (out.base + 5 * out.rowByteStride + 128).assumingMemoryBound(to: Float.self))
    Float.store(c53, (out.base + 5 * out.rowByteStride + 192).assumingMemoryBound(to: Float.self))
  case .bf16:
    BFloat16.store(c00, (out.base + 0 * out.rowByteStride + 0).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c01, (out.base + 0 * out.rowByteStride + 32).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c02, (out.base + 0 * out.rowByteStride + 64).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c03, (out.base + 0 * out.rowByteStride + 96).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c10, (out.base + 1 * out.rowByteStride + 0).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c11, (out.base + 1 * out.rowByteStride + 32).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c12, (out.base + 1 * out.rowByteStride + 64).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c13, (out.base + 1 * out.rowByteStride + 96).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c20, (out.base + 2 * out.rowByteStride + 0).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c21, (out.base + 2 * out.rowByteStride + 32).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c22, (out.base + 2 * out.rowByteStride + 64).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c23, (out.base + 2 * out.rowByteStride + 96).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c30, (out.base + 3 * out.rowByteStride + 0).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c31, (out.base + 3 * out.rowByteStride + 32).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c32, (out.base + 3 * out.rowByteStride + 64).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c33, (out.base + 3 * out.rowByteStride + 96).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c40, (out.base + 4 * out.rowByteStride + 0).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c41, (out.base + 4 * out.rowByteStride + 32).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c42, (out.base + 4 * out.rowByteStride + 64).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c43, (out.base + 4 * out.rowByteStride + 96).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c50, (out.base + 5 * out.rowByteStride + 0).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c51, (out.base + 5 * out.rowByteStride + 32).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c52, (out.base + 5 * out.rowByteStride + 64).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c53, (out.base + 5 * out.rowByteStride + 96).assumingMemoryBound(to: BFloat16.self))
  }
}

/// 6 rows × 48 columns, pairs of bf16, in vectors of 16 lanes.
@inline(never)
func multiply6x48(
  kCount: Int, a: MicroTile.RowPointers<UInt32>, aStride: Int, b: UnsafePointer<UInt32>, bStride: Int,
  ahead: MicroTile.Ahead, start: TileStart, out: TileDestination
) {
  let a0 = a.0
  let a1 = a.1
  let a2 = a.2
  let a3 = a.3
  let a4 = a.4
  let a5 = a.5
  var c00 = SIMD16<Float>.zero
  var c01 = SIMD16<Float>.zero
  var c02 = SIMD16<Float>.zero
  var c10 = SIMD16<Float>.zero
  var c11 = SIMD16<Float>.zero
  var c12 = SIMD16<Float>.zero
  var c20 = SIMD16<Float>.zero
  var c21 = SIMD16<Float>.zero
  var c22 = SIMD16<Float>.zero
  var c30 = SIMD16<Float>.zero
  var c31 = SIMD16<Float>.zero
  var c32 = SIMD16<Float>.zero
  var c40 = SIMD16<Float>.zero
  var c41 = SIMD16<Float>.zero
  var c42 = SIMD16<Float>.zero
  var c50 = SIMD16<Float>.zero
  var c51 = SIMD16<Float>.zero
  var c52 = SIMD16<Float>.zero
  if let sums = start.base {
    c00 = Float.load(sums + 0 * start.rowStride + 0)
    c01 = Float.load(sums + 0 * start.rowStride + 16)
    c02 = Float.load(sums + 0 * start.rowStride + 32)
    c10 = Float.load(sums + 1 * start.rowStride + 0)
    c11 = Float.load(sums + 1 * start.rowStride + 16)
    c12 = Float.load(sums + 1 * start.rowStride + 32)
    c20 = Float.load(sums + 2 * start.rowStride + 0)
    c21 = Float.load(sums + 2 * start.rowStride + 16)
    c22 = Float.load(sums + 2 * start.rowStride + 32)
    c30 = Float.load(sums + 3 * start.rowStride + 0)
    c31 = Float.load(sums + 3 * start.rowStride + 16)
    c32 = Float.load(sums + 3 * start.rowStride + 32)
    c40 = Float.load(sums + 4 * start.rowStride + 0)
    c41 = Float.load(sums + 4 * start.rowStride + 16)
    c42 = Float.load(sums + 4 * start.rowStride + 32)
    c50 = Float.load(sums + 5 * start.rowStride + 0)
    c51 = Float.load(sums + 5 * start.rowStride + 16)
    c52 = Float.load(sums + 5 * start.rowStride + 32)
  }
  var offset = 0
  var row = UnsafeRawPointer(b)
  var next = ahead.start
  for _ in 0..<kCount {
    quill_prefetch(next)
    next += ahead.byteStride
    let b0 = row.loadUnaligned(fromByteOffset: 0, as: SIMD16<UInt32>.self)
    let b1 = row.loadUnaligned(fromByteOffset: 64, as: SIMD16<UInt32>.self)
    let b2 = row.loadUnaligned(fromByteOffset: 128, as: SIMD16<UInt32>.self)
    let x0 = SIMD16<UInt32>(repeating: a0[offset])
    c00 = quill_dot_bf16(c00, x0, b0)
    c01 = quill_dot_bf16(c01, x0, b1)
    c02 = quill_dot_bf16(c02, x0, b2)
    let x1 = SIMD16<UInt32>(repeating: a1[offset])
    c10 = quill_dot_bf16(c10, x1, b0)
    c11 = quill_dot_bf16(c11, x1, b1)
    c12 = quill_dot_bf16(c12, x1, b2)
    let x2 = SIMD16<UInt32>(repeating: a2[offset])
    c20 = quill_dot_bf16(c20, x2, b0)
    c21 = quill_dot_bf16(c21, x2, b1)
    c22 = quill_dot_bf16(c22, x2, b2)
    let x3 = SIMD16<UInt32>(repeating: a3[offset])
    c30 = quill_dot_bf16(c30, x3, b0)
    c31 = quill_dot_bf16(c31, x3, b1)
    c32 = quill_dot_bf16(c32, x3, b2)
    let x4 = SIMD16<UInt32>(repeating: a4[offset])
    c40 = quill_dot_bf16(c40, x4, b0)
    c41 = quill_dot_bf16(c41, x4, b1)
    c42 = quill_dot_bf16(c42, x4, b2)
    let x5 = SIMD16<UInt32>(repeating: a5[offset])
    c50 = quill_dot_bf16(c50, x5, b0)
    c51 = quill_dot_bf16(c51, x5, b1)
    c52 = quill_dot_bf16(c52, x5, b2)
    offset += aStride
    row += bStride * 4
  }
  switch out.precision {
  case .fp32:
    Float.store(c00, (out.base + 0 * out.rowByteStride + 0).assumingMemoryBound(to: Float.self))
    Float.store(c01, (out.base + 0 * out.rowByteStride + 64).assumingMemoryBound(to: Float.self))
    Float.store(c02, (out.base + 0 * out.rowByteStride + 128).assumingMemoryBound(to: Float.self))
    Float.store(c10, (out.base + 1 * out.rowByteStride + 0).assumingMemoryBound(to: Float.self))
    Float.store(c11, (out.base + 1 * out.rowByteStride + 64).assumingMemoryBound(to: Float.self))
    Float.store(c12, (out.base + 1 * out.rowByteStride + 128).assumingMemoryBound(to: Float.self))
    Float.store(c20, (out.base + 2 * out.rowByteStride + 0).assumingMemoryBound(to: Float.self))
    Float.store(c21, (out.base + 2 * out.rowByteStride + 64).assumingMemoryBound(to: Float.self))
    Float.store(c22, (out.base + 2 * out.rowByteStride + 128).assumingMemoryBound(to: Float.self))
    Float.store(c30, (out.base + 3 * out.rowByteStride + 0).assumingMemoryBound(to: Float.self))
    Float.store(c31, (out.base + 3 * out.rowByteStride + 64).assumingMemoryBound(to: Float.self))
    Float.store(c32, (out.base + 3 * out.rowByteStride + 128).assumingMemoryBound(to: Float.self))
    Float.store(c40, (out.base + 4 * out.rowByteStride + 0).assumingMemoryBound(to: Float.self))
    Float.store(c41, (out.base + 4 * out.rowByteStride + 64).assumingMemoryBound(to: Float.self))
    Float.store(c42, (out.base + 4 * out.rowByteStride + 128).assumingMemoryBound(to: Float.self))
    Float.store(c50, (out.base + 5 * out.rowByteStride + 0).assumingMemoryBound(to: Float.self))
    Float.store(c51, (out.base + 5 * out.rowByteStride + 64).assumingMemoryBound(to: Float.self))
    Float.store(c52, (out.base + 5 * out.rowByteStride + 128).assumingMemoryBound(to: Float.self))
  case .bf16:
    BFloat16.store(c00, (out.base + 0 * out.rowByteStride + 0).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c01, (out.base + 0 * out.rowByteStride + 32).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c02, (out.base + 0 * out.rowByteStride + 64).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c10, (out.base + 1 * out.rowByteStride + 0).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c11, (out.base + 1 * out.rowByteStride + 32).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c12, (out.base + 1 * out.rowByteStride + 64).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c20, (out.base + 2 * out.rowByteStride + 0).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c21, (out.base + 2 * out.rowByteStride + 32).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c22, (out.base + 2 * out.rowByteStride + 64).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c30, (out.base + 3 * out.rowByteStride + 0).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c31, (out.base + 3 * out.rowByteStride + 32).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c32, (out.base + 3 * out.rowByteStride + 64).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c40, (out.base + 4 * out.rowByteStride + 0).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c41, (out.base + 4 * out.rowByteStride + 32).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c42, (out.base + 4 * out.rowByteStride + 64).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c50, (out.base + 5 * out.rowByteStride + 0).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c51, (out.base + 5 * out.rowByteStride + 32).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c52, (out.base + 5 * out.rowByteStride + 64).assumingMemoryBound(to: BFloat16.self))
  }
}

/// 6 rows × 32 columns, pairs of bf16, in vectors of 16 lanes.
@inline(never)
func multiply6x32(
  kCount: Int, a: MicroTile.RowPointers<UInt32>, aStride: Int, b: UnsafePointer<UInt32>, bStride: Int,
  ahead: MicroTile.Ahead, start: TileStart, out: TileDestination
) {
  let a0 = a.0
  let a1 = a.1
  let a2 = a.2
  let a3 = a.3
  let a4 = a.4
  let a5 = a.5
  var c00 = SIMD16<Float>.zero
  var c01 = SIMD16<Float>.zero
  var c10 = SIMD16<Float>.zero
  var c11 = SIMD16<Float>.zero
  var c20 = SIMD16<Float>.zero
  var c21 = SIMD16<Float>.zero
  var c30 = SIMD16<Float>.zero
  var c31 = SIMD16<Float>.zero
  var c40 = SIMD16<Float>.zero
  var c41 = SIMD16<Float>.zero
  var c50 = SIMD16<Float>.zero
  var c51 = SIMD16<Float>.zero
  if let sums = start.base {
    c00 = Float.load(sums + 0 * start.rowStride + 0)
    c01 = Float.load(sums + 0 * start.rowStride + 16)
    c10 = Float.load(sums + 1 * start.rowStride + 0)
    c11 = Float.load(sums + 1 * start.rowStride + 16)
    c20 = Float.load(sums + 2 * start.rowStride + 0)
    c21 = Float.load(sums + 2 * start.rowStride + 16)
    c30 = Float.load(sums + 3 * start.rowStride + 0)
    c31 = Float.load(sums + 3 * start.rowStride + 16)
    c40 = Float.load(sums + 4 * start.rowStride + 0)
    c41 = Float.load(sums + 4 * start.rowStride + 16)
    c50 = Float.load(sums + 5 * start.rowStride + 0)
    c51 = Float.load(sums + 5 * start.rowStride + 16)
  }
  var offset = 0
  var row = UnsafeRawPointer(b)
  var next = ahead.start
  for _ in 0..<kCount {
    quill_prefetch(next)
    next += ahead.byteStride
    let b0 = row.loadUnaligned(fromByteOffset: 0, as: SIMD16<UInt32>.self)
    let b1 = row.loadUnaligned(fromByteOffset: 64, as: SIMD16<UInt32>.self)
    let x0 = SIMD16<UInt32>(repeating: a0[offset])
    c00 = quill_dot_bf16(c00, x0, b0)
    c01 = quill_dot_bf16(c01, x0, b1)
    let x1 = SIMD16<UInt32>(repeating: a1[offset])
    c10 = quill_dot_bf16(c10, x1, b0)
    c11 = quill_dot_bf16(c11, x1, b1)
    let x2 = SIMD16<UInt32>(repeating: a2[offset])
    c20 = quill_dot_bf16(c20, x2, b0)
    c21 = quill_dot_bf16(c21, x2, b1)
    let x3 = SIMD16<UInt32>(repeating: a3[offset])
    c30 = quill_dot_bf16(c30, x3, b0)
    c31 = quill_dot_bf16(c31, x3, b1)
    let x4 = SIMD16<UInt32>(repeating: a4[offset])
    c40 = quill_dot_bf16(c40, x4, b0)
    c41 = quill_dot_bf16(c41, x4, b1)
    let x5 = SIMD16<UInt32>(repeating: a5[offset])
    c50 = quill_dot_bf16(c50, x5, b0)
    c51 = quill_dot_bf16(c51, x5, b1)
    offset += aStride
    row += bStride * 4
  }
  switch out.precision {
  case .fp32:
    Float.store(c00, (out.base + 0 * out.rowByteStride + 0).assumingMemoryBound(to: Float.self))
    Float.store(c01, (out.base + 0 * out.rowByteStride + 64).assumingMemoryBound(to: Float.self))
    Float.store(c10, (out.base + 1 * out.rowByteStride + 0).assumingMemoryBound(to: Float.self))
    Float.store(c11, (out.base + 1 * out.rowByteStride + 64).assumingMemoryBound(to: Float.self))
    Float.store(c20, (out.base + 2 * out.rowByteStride + 0).assumingMemoryBound(to: Float.self))
    Float.store(c21, (out.base + 2 * out.rowByteStride + 64).assumingMemoryBound(to: Float.self))
    Float.store(c30, (out.base + 3 * out.rowByteStride + 0).assumingMemoryBound(to: Float.self))
    Float.store(c31, (out.base + 3 * out.rowByteStride + 64).assumingMemoryBound(to: Float.self))
    Float.store(c40, (out.base + 4 * out.rowByteStride + 0).assumingMemoryBound(to: Float.self))
    Float.store(c41, (out.base + 4 * out.rowByteStride + 64).assumingMemoryBound(to: Float.self))
    Float.store(c50, (out.base + 5 * out.rowByteStride + 0).assumingMemoryBound(to: Float.self))
    Float.store(c51, (out.base + 5 * out.rowByteStride + 64).assumingMemoryBound(to: Float.self))
  case .bf16:
    BFloat16.store(c00, (out.base + 0 * out.rowByteStride + 0).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c01, (out.base + 0 * out.rowByteStride + 32).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c10, (out.base + 1 * out.rowByteStride + 0).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c11, (out.base + 1 * out.rowByteStride + 32).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c20, (out.base + 2 * out.rowByteStride + 0).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c21, (out.base + 2 * out.rowByteStride + 32).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c30, (out.base + 3 * out.rowByteStride + 0).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c31, (out.base + 3 * out.rowByteStride + 32).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c40, (out.base + 4 * out.rowByteStride + 0).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c41, (out.base + 4 * out.rowByteStride + 32).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c50, (out.base + 5 * out.rowByteStride + 0).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c51, (out.base + 5 * out.rowByteStride + 32).assumingMemoryBound(to: BFloat16.self))
  }
}

/// 6 rows × 16 columns, pairs of bf16, in vectors of 16 lanes.
@inline(never)
func multiply6x16(
  kCount: Int, a: MicroTile.RowPointers<UInt32>, aStride: Int, b: UnsafePointer<UInt32>, bStride: Int,
  ahead: MicroTile.Ahead, start: TileStart, out: TileDestination
) {
  let a0 = a.0
  let a1 = a.1
  let a2 = a.2
  let a3 = a.3
  let a4 = a.4
  let a5 = a.5
  var c00 = SIMD16<Float>.zero
  var c10 = SIMD16<Float>.zero
  var c20 = SIMD16<Float>.zero
  var c30 = SIMD16<Float>.zero
  var c40 = SIMD16<Float>.zero
  var c50 = SIMD16<Float>.zero
  if let sums = start.base {
    c00 = Float.load(sums + 0 * start.rowStride + 0)
    c10 = Float.load(sums + 1 * start.rowStride + 0)
    c20 = Float.load(sums + 2 * start.rowStride + 0)
    c30 = Float.load(sums + 3 * start.rowStride + 0)
    c40 = Float.load(sums + 4 * start.rowStride + 0)
    c50 = Float.load(sums + 5 * start.rowStride + 0)
  }
  var offset = 0
  var row = UnsafeRawPointer(b)
  var next = ahead.start
  for _ in 0..<kCount {
    quill_prefetch(next)
    next += ahead.byteStride
    let b0 = row.loadUnaligned(fromByteOffset: 0, as: SIMD16<UInt32>.self)
    let x0 = SIMD16<UInt32>(repeating: a0[offset])
    c00 = quill_dot_bf16(c00, x0, b0)
    let x1 = SIMD16<UInt32>(repeating: a1[offset])
    c10 = quill_dot_bf16(c10, x1, b0)
    let x2 = SIMD16<UInt32>(repeating: a2[offset])
    c20 = quill_dot_bf16(c20, x2, b0)
    let x3 = SIMD16<UInt32>(repeating: a3[offset])
    c30 = quill_dot_bf16(c30, x3, b0)
    let x4 = SIMD16<UInt32>(repeating: a4[offset])
    c40 = quill_dot_bf16(c40, x4, b0)
    let x5 = SIMD16<UInt32>(repeating: a5[offset])
    c50 = quill_dot_bf16(c50, x5, b0)
    offset += aStride
    row += bStride * 4
  }
  switch out.precision {
  case .fp32:
    Float.store(c00, (out.base + 0 * out.rowByteStride + 0).assumingMemoryBound(to: Float.self))
    Float.store(c10, (out.base + 1 * out.rowByteStride + 0).assumingMemoryBound(to: Float.self))
    Float.store(c20, (out.base + 2 * out.rowByteStride + 0).assumingMemoryBound(to: Float.self))
    Float.store(c30, (out.base + 3 * out.rowByteStride + 0).assumingMemoryBound(to: Float.self))
    Float.store(c40, (out.base + 4 * out.rowByteStride + 0).assumingMemoryBound(to: Float.self))
    Float.store(c50, (out.base + 5 * out.rowByteStride + 0).assumingMemoryBound(to: Float.self))
  case .bf16:
    BFloat16.store(c00, (out.base + 0 * out.rowByteStride + 0).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c10, (out.base + 1 * out.rowByteStride + 0).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c20, (out.base + 2 * out.rowByteStride + 0).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c30, (out.base + 3 * out.rowByteStride + 0).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c40, (out.base + 4 * out.rowByteStride + 0).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c50, (out.base + 5 * out.rowByteStride + 0).assumingMemoryBound(to: BFloat16.self))
  }
}

/// 2 rows × 64 columns, fp32, in vectors of 16 lanes.
@inline(never)
func multiply2x64(
  kCount: Int, a: MicroTile.RowPointers<Float>, aStride: Int, b: UnsafePointer<Float>, bStride: Int,
  ahead: MicroTile.Ahead, start: TileStart, out: TileDestination
) {
  let a0 = a.0
  let a1 = a.1
  var c00 = SIMD16<Float>.zero
  var c01 = SIMD16<Float>.zero
  var c02 = SIMD16<Float>.zero
  var c03 = SIMD16<Float>.zero
  var c10 = SIMD16<Float>.zero
  var c11 = SIMD16<Float>.zero
  var c12 = SIMD16<Float>.zero
  var c13 = SIMD16<Float>.zero
  if let sums = start.base {
    c00 = Float.load(sums + 0 * start.rowStride + 0)
    c01 = Float.load(sums + 0 * start.rowStride + 16)
    c02 = Float.load(sums + 0 * start.rowStride + 32)
    c03 = Float.load(sums + 0 * start.rowStride + 48)
    c10 = Float.load(sums + 1 * start.rowStride + 0)
    c11 = Float.load(sums + 1 * start.rowStride + 16)
    c12 = Float.load(sums + 1 * start.rowStride + 32)
    c13 = Float.load(sums + 1 * start.rowStride + 48)
  }
  var offset = 0
  var row = UnsafeRawPointer(b)
  var next = ahead.start
  for _ in 0..<kCount {
    quill_prefetch(next)
    next += ahead.byteStride
    let b0 = row.loadUnaligned(fromByteOffset: 0, as: SIMD16<Float>.self)
    let b1 = row.loadUnaligned(fromByteOffset: 64, as: SIMD16<Float>.self)
    let b2 = row.loadUnaligned(fromByteOffset: 128, as: SIMD16<Float>.self)
    let b3 = row.loadUnaligned(fromByteOffset: 192, as: SIMD16<Float>.self)
    let x0 = SIMD16<Float>(repeating: a0[offset])
    c00 = c00.addingProduct(x0, b0)
    c01 = c01.addingProduct(x0, b1)
    c02 = c02.addingProduct(x0, b2)
    c03 = c03.addingProduct(x0, b3)
    let x1 = SIMD16<Float>(repeating: a1[offset])
    c10 = c10.addingProduct(x1, b0)
    c11 = c11.addingProduct(x1, b1)
    c12 = c12.addingProduct(x1, b2)
    c13 = c13.addingProduct(x1, b3)
    offset += aStride
    row += bStride * 4
  }
  switch out.precision {
  case .fp32:
    Float.store(c00, (out.base + 0 * out.rowByteStride + 0).assumingMemoryBound(to: Float.self))
    Float.store(c01, (out.base + 0 * out.rowByteStride + 64).assumingMemoryBound(to: Float.self))
    Float.store(c02, (out.base + 0 * out.rowByteStride + 128).assumingMemoryBound(to: Float.self))
    Float.store(c03, (out.base + 0 * out.rowByteStride + 192).assumingMemoryBound(to: Float.self))
    Float.store(c10, (out.base + 1 * out.rowByteStride + 0).assumingMemoryBound(to: Float.self))
    Float.store(c11, (out.base + 1 * out.rowByteStride + 64).assumingMemoryBound(to: Float.self))
    Float.store(c12, (out.base + 1 * out.rowByteStride + 128).assumingMemoryBound(to: Float.self))
    Float.store(c13, (out.base + 1 * out.rowByteStride + 192).assumingMemoryBound(to: Float.self))
  case .bf16:
    BFloat16.store(c00, (out.base + 0 * out.rowByteStride + 0).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c01, (out.base + 0 * out.rowByteStride + 32).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c02, (out.base + 0 * out.rowByteStride + 64).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c03, (out.base + 0 * out.rowByteStride + 96).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c10, (out.base + 1 * out.rowByteStride + 0).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c11, (out.base + 1 * out.rowByteStride + 32).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c12, (out.base + 1 * out.rowByteStride + 64).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c13, (out.base + 1 * out.rowByteStride + 96).assumingMemoryBound(to: BFloat16.self))
  }
}

/// 2 rows × 64 columns, pairs of bf16, in vectors of 16 lanes.
@inline(never)
func multiply2x64(
  kCount: Int, a: MicroTile.RowPointers<UInt32>, aStride: Int, b: UnsafePointer<UInt32>, bStride: Int,
  ahead: MicroTile.Ahead, start: TileStart, out: TileDestination
) {
  let a0 = a.0
  let a1 = a.1
  var c00 = SIMD16<Float>.zero
  var c01 = SIMD16<Float>.zero
  var c02 = SIMD16<Float>.zero
  var c03 = SIMD16<Float>.zero
  var c10 = SIMD16<Float>.zero
  var c11 = SIMD16<Float>.zero
  var c12 = SIMD16<Float>.zero
  var c13 = SIMD16<Float>.zero
  if let sums = start.base {
    c00 = Float.load(sums + 0 * start.rowStride + 0)
    c01 = Float.load(sums + 0 * start.rowStride + 16)
    c02 = Float.load(sums + 0 * start.rowStride + 32)
    c03 = Float.load(sums + 0 * start.rowStride + 48)
    c10 = Float.load(sums + 1 * start.rowStride + 0)
    c11 = Float.load(sums + 1 * start.rowStride + 16)
    c12 = Float.load(sums + 1 * start.rowStride + 32)
    c13 = Float.load(sums + 1 * start.rowStride + 48)
  }
  var offset = 0
  var row = UnsafeRawPointer(b)
  var next = ahead.start
  for _ in 0..<kCount {
    quill_prefetch(next)
    next += ahead.byteStride
    let b0 = row.loadUnaligned(fromByteOffset: 0, as: SIMD16<UInt32>.self)
    let b1 = row.loadUnaligned(fromByteOffset: 64, as: SIMD16<UInt32>.self)
    let b2 = row.loadUnaligned(fromByteOffset: 128, as: SIMD16<UInt32>.self)
    let b3 = row.loadUnaligned(fromByteOffset: 192, as: SIMD16<UInt32>.self)
    let x0 = SIMD16<UInt32>(repeating: a0[offset])
    c00 = quill_dot_bf16(c00, x0, b0)
    c01 = quill_dot_bf16(c01, x0, b1)
    c02 = quill_dot_bf16(c02, x0, b2)
    c03 = quill_dot_bf16(c03, x0, b3)
    let x1 = SIMD16<UInt32>(repeating: a1[offset])
    c10 = quill_dot_bf16(c10, x1, b0)
    c11 = quill_dot_bf16(c11, x1, b1)
    c12 = quill_dot_bf16(c12, x1, b2)
    c13 = quill_dot_bf16(c13, x1, b3)
    offset += aStride
    row += bStride * 4
  }
  switch out.precision {
  case .fp32:
    Float.store(c00, (out.base + 0 * out.rowByteStride + 0).assumingMemoryBound(to: Float.self))
    Float.store(c01, (out.base + 0 * out.rowByteStride + 64).assumingMemoryBound(to: Float.self))
    Float.store(c02, (out.base + 0 * out.rowByteStride + 128).assumingMemoryBound(to: Float.self))
    Float.store(c03, (out.base + 0 * out.rowByteStride + 192).assumingMemoryBound(to: Float.self))
    Float.store(c10, (out.base + 1 * out.rowByteStride + 0).assumingMemoryBound(to: Float.self))
    Float.store(c11, (out.base + 1 * out.rowByteStride + 64).assumingMemoryBound(to: Float.self))
    Float.store(c12, (out.base + 1 * out.rowByteStride + 128).assumingMemoryBound(to: Float.self))
    Float.store(c13, (out.base + 1 * out.rowByteStride + 192).assumingMemoryBound(to: Float.self))
  case .bf16:
    BFloat16.store(c00, (out.base + 0 * out.rowByteStride + 0).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c01, (out.base + 0 * out.rowByteStride + 32).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c02, (out.base + 0 * out.rowByteStride + 64).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c03, (out.base + 0 * out.rowByteStride + 96).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c10, (out.base + 1 * out.rowByteStride + 0).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c11, (out.base + 1 * out.rowByteStride + 32).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c12, (out.base + 1 * out.rowByteStride + 64).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(c13, (out.base + 1 * out.rowByteStride + 96).assumingMemoryBound(to: BFloat16.self))
  }
}

/// 6 rows × 16 columns, fp32, in vectors of 8 lanes.
@inline(never)
func multiply6x16Narrow(
  kCount: Int, a: MicroTile.RowPointers<Float>, aStride: Int, b: UnsafePointer<Float>, bStride: Int,
  ahead: MicroTile.Ahead, start: TileStart, out: TileDestination
) {
  let a0 = a.0
  let a1 = a.1
  let a2 = a.2
  let a3 = a.3
  let a4 = a.4
  let a5 = a.5
  var c00 = SIMD8<Float>.zero
  var c01 = SIMD8<Float>.zero
  var c10 = SIMD8<Float>.zero
  var c11 = SIMD8<Float>.zero
  var c20 = SIMD8<Float>.zero
  var c21 = SIMD8<Float>.zero
  var c30 = SIMD8<Float>.zero
  var c31 = SIMD8<Float>.zero
  var c40 = SIMD8<Float>.zero
  var c41 = SIMD8<Float>.zero
  var c50 = SIMD8<Float>.zero
  var c51 = SIMD8<Float>.zero
  if let sums = start.base {
    c00 = UnsafeRawPointer(sums + 0 * start.rowStride + 0).loadUnaligned(as: SIMD8<Float>.self)
    c01 = UnsafeRawPointer(sums + 0 * start.rowStride + 8).loadUnaligned(as: SIMD8<Float>.self)
    c10 = UnsafeRawPointer(sums + 1 * start.rowStride + 0).loadUnaligned(as: SIMD8<Float>.self)
    c11 = UnsafeRawPointer(sums + 1 * start.rowStride + 8).loadUnaligned(as: SIMD8<Float>.self)
    c20 = UnsafeRawPointer(sums + 2 * start.rowStride + 0).loadUnaligned(as: SIMD8<Float>.self)
    c21 = UnsafeRawPointer(sums + 2 * start.rowStride + 8).loadUnaligned(as: SIMD8<Float>.self)
    c30 = UnsafeRawPointer(sums + 3 * start.rowStride + 0).loadUnaligned(as: SIMD8<Float>.self)
    c31 = UnsafeRawPointer(sums + 3 * start.rowStride + 8).loadUnaligned(as: SIMD8<Float>.self)
    c40 = UnsafeRawPointer(sums + 4 * start.rowStride + 0).loadUnaligned(as: SIMD8<Float>.self)
    c41 = UnsafeRawPointer(sums + 4 * start.rowStride + 8).loadUnaligned(as: SIMD8<Float>.self)
    c50 = UnsafeRawPointer(sums + 5 * start.rowStride + 0).loadUnaligned(as: SIMD8<Float>.self)
    c51 = UnsafeRawPointer(sums + 5 * start.rowStride + 8).loadUnaligned(as: SIMD8<Float>.self)
  }
  var offset = 0
  var row = UnsafeRawPointer(b)
  var next = ahead.start
  for _ in 0..<kCount {
    quill_prefetch(next)
    next += ahead.byteStride
    let b0 = row.loadUnaligned(fromByteOffset: 0, as: SIMD8<Float>.self)
    let b1 = row.loadUnaligned(fromByteOffset: 32, as: SIMD8<Float>.self)
    let x0 = SIMD8<Float>(repeating: a0[offset])
    c00 = c00.addingProduct(x0, b0)
    c01 = c01.addingProduct(x0, b1)
    let x1 = SIMD8<Float>(repeating: a1[offset])
    c10 = c10.addingProduct(x1, b0)
    c11 = c11.addingProduct(x1, b1)
    let x2 = SIMD8<Float>(repeating: a2[offset])
    c20 = c20.addingProduct(x2, b0)
    c21 = c21.addingProduct(x2, b1)
    let x3 = SIMD8<Float>(repeating: a3[offset])
    c30 = c30.addingProduct(x3, b0)
    c31 = c31.addingProduct(x3, b1)
    let x4 = SIMD8<Float>(repeating: a4[offset])
    c40 = c40.addingProduct(x4, b0)
    c41 = c41.addingProduct(x4, b1)
    let x5 = SIMD8<Float>(repeating: a5[offset])
    c50 = c50.addingProduct(x5, b0)
    c51 = c51.addingProduct(x5, b1)
    offset += aStride
    row += bStride * 4
  }
  switch out.precision {
  case .fp32:
    Float.store(
      SIMD16(lowHalf: c00, highHalf: c01),
      (out.base + 0 * out.rowByteStride + 0).assumingMemoryBound(to: Float.self))
    Float.store(
      SIMD16(lowHalf: c10, highHalf: c11),
      (out.base + 1 * out.rowByteStride + 0).assumingMemoryBound(to: Float.self))
    Float.store(
      SIMD16(lowHalf: c20, highHalf: c21),
      (out.base + 2 * out.rowByteStride + 0).assumingMemoryBound(to: Float.self))
    Float.store(
      SIMD16(lowHalf: c30, highHalf: c31),
      (out.base + 3 * out.rowByteStride + 0).assumingMemoryBound(to: Float.self))
    Float.store(
      SIMD16(lowHalf: c40, highHalf: c41),
      (out.base + 4 * out.rowByteStride + 0).assumingMemoryBound(to: Float.self))
    Float.store(
      SIMD16(lowHalf: c50, highHalf: c51),
      (out.base + 5 * out.rowByteStride + 0).assumingMemoryBound(to: Float.self))
  case .bf16:
    BFloat16.store(
      SIMD16(lowHalf: c00, highHalf: c01),
      (out.base + 0 * out.rowByteStride + 0).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(
      SIMD16(lowHalf: c10, highHalf: c11),
      (out.base + 1 * out.rowByteStride + 0).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(
      SIMD16(lowHalf: c20, highHalf: c21),
      (out.base + 2 * out.rowByteStride + 0).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(
      SIMD16(lowHalf: c30, highHalf: c31),
      (out.base + 3 * out.rowByteStride + 0).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(
      SIMD16(lowHalf: c40, highHalf: c41),
      (out.base + 4 * out.rowByteStride + 0).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(
      SIMD16(lowHalf: c50, highHalf: c51),
      (out.base + 5 * out.rowByteStride + 0).assumingMemoryBound(to: BFloat16.self))
  }
}

/// 3 rows × 16 columns, pairs of bf16, in vectors of 8 lanes.
@inline(never)
func multiply3x16Narrow(
  kCount: Int, a: MicroTile.RowPointers<UInt32>, aStride: Int, b: UnsafePointer<UInt32>, bStride: Int,
  ahead: MicroTile.Ahead, start: TileStart, out: TileDestination
) {
  let a0 = a.0
  let a1 = a.1
  let a2 = a.2
  var c00 = SIMD8<Float>.zero
  var c01 = SIMD8<Float>.zero
  var c10 = SIMD8<Float>.zero
  var c11 = SIMD8<Float>.zero
  var c20 = SIMD8<Float>.zero
  var c21 = SIMD8<Float>.zero
  if let sums = start.base {
    c00 = UnsafeRawPointer(sums + 0 * start.rowStride + 0).loadUnaligned(as: SIMD8<Float>.self)
    c01 = UnsafeRawPointer(sums + 0 * start.rowStride + 8).loadUnaligned(as: SIMD8<Float>.self)
    c10 = UnsafeRawPointer(sums + 1 * start.rowStride + 0).loadUnaligned(as: SIMD8<Float>.self)
    c11 = UnsafeRawPointer(sums + 1 * start.rowStride + 8).loadUnaligned(as: SIMD8<Float>.self)
    c20 = UnsafeRawPointer(sums + 2 * start.rowStride + 0).loadUnaligned(as: SIMD8<Float>.self)
    c21 = UnsafeRawPointer(sums + 2 * start.rowStride + 8).loadUnaligned(as: SIMD8<Float>.self)
  }
  var offset = 0
  var row = UnsafeRawPointer(b)
  var next = ahead.start
  for _ in 0..<kCount {
    quill_prefetch(next)
    next += ahead.byteStride
    let b0 = row.loadUnaligned(fromByteOffset: 0, as: SIMD8<UInt32>.self)
    let b1 = row.loadUnaligned(fromByteOffset: 32, as: SIMD8<UInt32>.self)
    let x0 = SIMD8<UInt32>(repeating: a0[offset])
    c00 = quill_dot_bf16_narrow(c00, x0, b0)
    c01 = quill_dot_bf16_narrow(c01, x0, b1)
    let x1 = SIMD8<UInt32>(repeating: a1[offset])
    c10 = quill_dot_bf16_narrow(c10, x1, b0)
    c11 = quill_dot_bf16_narrow(c11, x1, b1)
    let x2 = SIMD8<UInt32>(repeating: a2[offset])
    c20 = quill_dot_bf16_narrow(c20, x2, b0)
    c21 = quill_dot_bf16_narrow(c21, x2, b1)
    offset += aStride
    row += bStride * 4
  }
  switch out.precision {
  case .fp32:
    Float.store(
      SIMD16(lowHalf: c00, highHalf: c01),
      (out.base + 0 * out.rowByteStride + 0).assumingMemoryBound(to: Float.self))
    Float.store(
      SIMD16(lowHalf: c10, highHalf: c11),
      (out.base + 1 * out.rowByteStride + 0).assumingMemoryBound(to: Float.self))
    Float.store(
      SIMD16(lowHalf: c20, highHalf: c21),
      (out.base + 2 * out.rowByteStride + 0).assumingMemoryBound(to: Float.self))
  case .bf16:
    BFloat16.store(
      SIMD16(lowHalf: c00, highHalf: c01),
      (out.base + 0 * out.rowByteStride + 0).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(
      SIMD16(lowHalf: c10, highHalf: c11),
      (out.base + 1 * out.rowByteStride + 0).assumingMemoryBound(to: BFloat16.self))
    BFloat16.store(
      SIMD16(lowHalf: c20, highHalf: c21),
      (out.base + 2 * out.rowByteStride + 0).assumingMemoryBound(to: BFloat16.self))
  }
}

/// Adds the products of 6 rows and 64 columns of one group of 64 8-bit numbers to a tile of 6 × 64 sums.
@inline(never)
func addInt8Group6x64(
  _ block: UnsafeRawPointer, scales: UnsafeRawPointer, _ x: MicroTile.SixOf<UnsafeRawPointer>,
  _ factors: MicroTile.SixOf<(scale: Float, correction: Int32)>, to tile: UnsafeMutablePointer<Float>
) {
  var x0 = x.0
  var x1 = x.1
  var x2 = x.2
  var x3 = x.3
  var x4 = x.4
  var x5 = x.5
  var c00 = SIMD16<Int32>(repeating: factors.0.correction)
  var c01 = SIMD16<Int32>(repeating: factors.0.correction)
  var c02 = SIMD16<Int32>(repeating: factors.0.correction)
  var c03 = SIMD16<Int32>(repeating: factors.0.correction)
  var c10 = SIMD16<Int32>(repeating: factors.1.correction)
  var c11 = SIMD16<Int32>(repeating: factors.1.correction)
  var c12 = SIMD16<Int32>(repeating: factors.1.correction)
  var c13 = SIMD16<Int32>(repeating: factors.1.correction)
  var c20 = SIMD16<Int32>(repeating: factors.2.correction)
  var c21 = SIMD16<Int32>(repeating: factors.2.correction)
  var c22 = SIMD16<Int32>(repeating: factors.2.correction)
  var c23 = SIMD16<Int32>(repeating: factors.2.correction)
  var c30 = SIMD16<Int32>(repeating: factors.3.correction)
  var c31 = SIMD16<Int32>(repeating: factors.3.correction)
  var c32 = SIMD16<Int32>(repeating: factors.3.correction)
  var c33 = SIMD16<Int32>(repeating: factors.3.correction)
  var c40 = SIMD16<Int32>(repeating: factors.4.correction)
  var c41 = SIMD16<Int32>(repeating: factors.4.correction)
  var c42 = SIMD16<Int32>(repeating: factors.4.correction)
  var c43 = SIMD16<Int32>(repeating: factors.4.correction)
  var c50 = SIMD16<Int32>(repeating: factors.5.correction)
  var c51 = SIMD16<Int32>(repeating: factors.5.correction)
  var c52 = SIMD16<Int32>(repeating: factors.5.correction)
  var c53 = SIMD16<Int32>(repeating: factors.5.correction)
  var row = block
  for _ in 0..<16 {
    let b0 = row.loadUnaligned(fromByteOffset: 0, as: SIMD16<UInt32>.self)
    let b1 = row.loadUnaligned(fromByteOffset: 64, as: SIMD16<UInt32>.self)
    let b2 = row.loadUnaligned(fromByteOffset: 128, as: SIMD16<UInt32>.self)
    let b3 = row.loadUnaligned(fromByteOffset: 192, as: SIMD16<UInt32>.self)
    let q0 = SIMD16(repeating: x0.loadUnaligned(as: UInt32.self))
    c00 = quill_dot_u8_i8(c00, b0, q0)
    c01 = quill_dot_u8_i8(c01, b1, q0)
    c02 = quill_dot_u8_i8(c02, b2, q0)
    c03 = quill_dot_u8_i8(c03, b3, q0)
    x0 += 4
    let q1 = SIMD16(repeating: x1.loadUnaligned(as: UInt32.self))
    c10 = quill_dot_u8_i8(c10, b0, q1)
    c11 = quill_dot_u8_i8(c11, b1, q1)
    c12 = quill_dot_u8_i8(c12, b2, q1)
    c13 = quill_dot_u8_i8(c13, b3, q1)
    x1 += 4
    let q2 = SIMD16(repeating: x2.loadUnaligned(as: UInt32.self))
    c20 = quill_dot_u8_i8(c20, b0, q2)
    c21 = quill_dot_u8_i8(c21, b1, q2)
    c22 = quill_dot_u8_i8(c22, b2, q2)
    c23 = quill_dot_u8_i8(c23, b3, q2)
    x2 += 4
    let q3 = SIMD16(repeating: x3.loadUnaligned(as: UInt32.self))
    c30 = quill_dot_u8_i8(c30, b0, q3)
    c31 = quill_dot_u8_i8(c31, b1, q3)
    c32 = quill_dot_u8_i8(c32, b2, q3)
    c33 = quill_dot_u8_i8(c33, b3, q3)
    x3 += 4
    let q4 = SIMD16(repeating: x4.loadUnaligned(as: UInt32.self))
    c40 = quill_dot_u8_i8(c40, b0, q4)
    c41 = quill_dot_u8_i8(c41, b1, q4)
    c42 = quill_dot_u8_i8(c42, b2, q4)
    c43 = quill_dot_u8_i8(c43, b3, q4)
    x4 += 4
    let q5 = SIMD16(repeating: x5.loadUnaligned(as: UInt32.self))
    c50 = quill_dot_u8_i8(c50, b0, q5)
    c51 = quill_dot_u8_i8(c51, b1, q5)
    c52 = quill_dot_u8_i8(c52, b2, q5)
    c53 = quill_dot_u8_i8(c53, b3, q5)
    x5 += 4
    row += 256
  }
  let places = scales.assumingMemoryBound(to: BFloat16.self)
  let w0 = BFloat16.load(places + 0)
  MicroTile.add(c00, w0 * factors.0.scale, to: tile + 0)
  MicroTile.add(c10, w0 * factors.1.scale, to: tile + 64)
  MicroTile.add(c20, w0 * factors.2.scale, to: tile + 128)
  MicroTile.add(c30, w0 * factors.3.scale, to: tile + 192)
  MicroTile.add(c40, w0 * factors.4.scale, to: tile + 256)
  MicroTile.add(c50, w0 * factors.5.scale, to: tile + 320)
  let w1 = BFloat16.load(places + 16)
  MicroTile.add(c01, w1 * factors.0.scale, to: tile + 16)
  MicroTile.add(c11, w1 * factors.1.scale, to: tile + 80)
  MicroTile.add(c21, w1 * factors.2.scale, to: tile + 144)
  MicroTile.add(c31, w1 * factors.3.scale, to: tile + 208)
  MicroTile.add(c41, w1 * factors.4.scale, to: tile + 272)
  MicroTile.add(c51, w1 * factors.5.scale, to: tile + 336)
  let w2 = BFloat16.load(places + 32)
  MicroTile.add(c02, w2 * factors.0.scale, to: tile + 32)
  MicroTile.add(c12, w2 * factors.1.scale, to: tile + 96)
  MicroTile.add(c22, w2 * factors.2.scale, to: tile + 160)
  MicroTile.add(c32, w2 * factors.3.scale, to: tile + 224)
  MicroTile.add(c42, w2 * factors.4.scale, to: tile + 288)
  MicroTile.add(c52, w2 * factors.5.scale, to: tile + 352)
  let w3 = BFloat16.load(places + 48)
  MicroTile.add(c03, w3 * factors.0.scale, to: tile + 48)
  MicroTile.add(c13, w3 * factors.1.scale, to: tile + 112)
  MicroTile.add(c23, w3 * factors.2.scale, to: tile + 176)
  MicroTile.add(c33, w3 * factors.3.scale, to: tile + 240)
  MicroTile.add(c43, w3 * factors.4.scale, to: tile + 304)
  MicroTile.add(c53, w3 * factors.5.scale, to: tile + 368)
}

// Written by scripts/generate_micro_kernels.py; change that.

import CVector

/// 6 rows × 64 columns, fp32.
@inline(never)
func multiply6x64(
  steps: Int, a: MicroTile.RowPointers<Float>, aStep: Int, b: UnsafePointer<Float>, bStep: Int,
  ahead: MicroTile.Ahead, tile: UnsafeMutablePointer<Float>
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
  var offset = 0
  var row = UnsafeRawPointer(b)
  var next = ahead.start
  for _ in 0..<steps {
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
    offset += aStep
    row += bStep * 4
  }
  let out = UnsafeMutableRawPointer(tile)
  out.storeBytes(of: c00, toByteOffset: 0, as: SIMD16<Float>.self)
  out.storeBytes(of: c01, toByteOffset: 64, as: SIMD16<Float>.self)
  out.storeBytes(of: c02, toByteOffset: 128, as: SIMD16<Float>.self)
  out.storeBytes(of: c03, toByteOffset: 192, as: SIMD16<Float>.self)
  out.storeBytes(of: c10, toByteOffset: 256, as: SIMD16<Float>.self)
  out.storeBytes(of: c11, toByteOffset: 320, as: SIMD16<Float>.self)
  out.storeBytes(of: c12, toByteOffset: 384, as: SIMD16<Float>.self)
  out.storeBytes(of: c13, toByteOffset: 448, as: SIMD16<Float>.self)
  out.storeBytes(of: c20, toByteOffset: 512, as: SIMD16<Float>.self)
  out.storeBytes(of: c21, toByteOffset: 576, as: SIMD16<Float>.self)
  out.storeBytes(of: c22, toByteOffset: 640, as: SIMD16<Float>.self)
  out.storeBytes(of: c23, toByteOffset: 704, as: SIMD16<Float>.self)
  out.storeBytes(of: c30, toByteOffset: 768, as: SIMD16<Float>.self)
  out.storeBytes(of: c31, toByteOffset: 832, as: SIMD16<Float>.self)
  out.storeBytes(of: c32, toByteOffset: 896, as: SIMD16<Float>.self)
  out.storeBytes(of: c33, toByteOffset: 960, as: SIMD16<Float>.self)
  out.storeBytes(of: c40, toByteOffset: 1024, as: SIMD16<Float>.self)
  out.storeBytes(of: c41, toByteOffset: 1088, as: SIMD16<Float>.self)
  out.storeBytes(of: c42, toByteOffset: 1152, as: SIMD16<Float>.self)
  out.storeBytes(of: c43, toByteOffset: 1216, as: SIMD16<Float>.self)
  out.storeBytes(of: c50, toByteOffset: 1280, as: SIMD16<Float>.self)
  out.storeBytes(of: c51, toByteOffset: 1344, as: SIMD16<Float>.self)
  out.storeBytes(of: c52, toByteOffset: 1408, as: SIMD16<Float>.self)
  out.storeBytes(of: c53, toByteOffset: 1472, as: SIMD16<Float>.self)
}

/// 6 rows × 48 columns, fp32.
@inline(never)
func multiply6x48(
  steps: Int, a: MicroTile.RowPointers<Float>, aStep: Int, b: UnsafePointer<Float>, bStep: Int,
  ahead: MicroTile.Ahead, tile: UnsafeMutablePointer<Float>
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
  var offset = 0
  var row = UnsafeRawPointer(b)
  var next = ahead.start
  for _ in 0..<steps {
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
    offset += aStep
    row += bStep * 4
  }
  let out = UnsafeMutableRawPointer(tile)
  out.storeBytes(of: c00, toByteOffset: 0, as: SIMD16<Float>.self)
  out.storeBytes(of: c01, toByteOffset: 64, as: SIMD16<Float>.self)
  out.storeBytes(of: c02, toByteOffset: 128, as: SIMD16<Float>.self)
  out.storeBytes(of: c10, toByteOffset: 256, as: SIMD16<Float>.self)
  out.storeBytes(of: c11, toByteOffset: 320, as: SIMD16<Float>.self)
  out.storeBytes(of: c12, toByteOffset: 384, as: SIMD16<Float>.self)
  out.storeBytes(of: c20, toByteOffset: 512, as: SIMD16<Float>.self)
  out.storeBytes(of: c21, toByteOffset: 576, as: SIMD16<Float>.self)
  out.storeBytes(of: c22, toByteOffset: 640, as: SIMD16<Float>.self)
  out.storeBytes(of: c30, toByteOffset: 768, as: SIMD16<Float>.self)
  out.storeBytes(of: c31, toByteOffset: 832, as: SIMD16<Float>.self)
  out.storeBytes(of: c32, toByteOffset: 896, as: SIMD16<Float>.self)
  out.storeBytes(of: c40, toByteOffset: 1024, as: SIMD16<Float>.self)
  out.storeBytes(of: c41, toByteOffset: 1088, as: SIMD16<Float>.self)
  out.storeBytes(of: c42, toByteOffset: 1152, as: SIMD16<Float>.self)
  out.storeBytes(of: c50, toByteOffset: 1280, as: SIMD16<Float>.self)
  out.storeBytes(of: c51, toByteOffset: 1344, as: SIMD16<Float>.self)
  out.storeBytes(of: c52, toByteOffset: 1408, as: SIMD16<Float>.self)
}

/// 6 rows × 32 columns, fp32.
@inline(never)
func multiply6x32(
  steps: Int, a: MicroTile.RowPointers<Float>, aStep: Int, b: UnsafePointer<Float>, bStep: Int,
  ahead: MicroTile.Ahead, tile: UnsafeMutablePointer<Float>
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
  var offset = 0
  var row = UnsafeRawPointer(b)
  var next = ahead.start
  for _ in 0..<steps {
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
    offset += aStep
    row += bStep * 4
  }
  let out = UnsafeMutableRawPointer(tile)
  out.storeBytes(of: c00, toByteOffset: 0, as: SIMD16<Float>.self)
  out.storeBytes(of: c01, toByteOffset: 64, as: SIMD16<Float>.self)
  out.storeBytes(of: c10, toByteOffset: 256, as: SIMD16<Float>.self)
  out.storeBytes(of: c11, toByteOffset: 320, as: SIMD16<Float>.self)
  out.storeBytes(of: c20, toByteOffset: 512, as: SIMD16<Float>.self)
  out.storeBytes(of: c21, toByteOffset: 576, as: SIMD16<Float>.self)
  out.storeBytes(of: c30, toByteOffset: 768, as: SIMD16<Float>.self)
  out.storeBytes(of: c31, toByteOffset: 832, as: SIMD16<Float>.self)
  out.storeBytes(of: c40, toByteOffset: 1024, as: SIMD16<Float>.self)
  out.storeBytes(of: c41, toByteOffset: 1088, as: SIMD16<Float>.self)
  out.storeBytes(of: c50, toByteOffset: 1280, as: SIMD16<Float>.self)
  out.storeBytes(of: c51, toByteOffset: 1344, as: SIMD16<Float>.self)
}

/// 6 rows × 16 columns, fp32.
@inline(never)
func multiply6x16(
  steps: Int, a: MicroTile.RowPointers<Float>, aStep: Int, b: UnsafePointer<Float>, bStep: Int,
  ahead: MicroTile.Ahead, tile: UnsafeMutablePointer<Float>
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
  var offset = 0
  var row = UnsafeRawPointer(b)
  var next = ahead.start
  for _ in 0..<steps {
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
    offset += aStep
    row += bStep * 4
  }
  let out = UnsafeMutableRawPointer(tile)
  out.storeBytes(of: c00, toByteOffset: 0, as: SIMD16<Float>.self)
  out.storeBytes(of: c10, toByteOffset: 256, as: SIMD16<Float>.self)
  out.storeBytes(of: c20, toByteOffset: 512, as: SIMD16<Float>.self)
  out.storeBytes(of: c30, toByteOffset: 768, as: SIMD16<Float>.self)
  out.storeBytes(of: c40, toByteOffset: 1024, as: SIMD16<Float>.self)
  out.storeBytes(of: c50, toByteOffset: 1280, as: SIMD16<Float>.self)
}

/// 6 rows × 64 columns, pairs of bf16.
@inline(never)
func multiply6x64(
  steps: Int, a: MicroTile.RowPointers<UInt32>, aStep: Int, b: UnsafePointer<UInt32>, bStep: Int,
  ahead: MicroTile.Ahead, tile: UnsafeMutablePointer<Float>
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
  var offset = 0
  var row = UnsafeRawPointer(b)
  var next = ahead.start
  for _ in 0..<steps {
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
    offset += aStep
    row += bStep * 4
  }
  let out = UnsafeMutableRawPointer(tile)
  out.storeBytes(of: c00, toByteOffset: 0, as: SIMD16<Float>.self)
  out.storeBytes(of: c01, toByteOffset: 64, as: SIMD16<Float>.self)
  out.storeBytes(of: c02, toByteOffset: 128, as: SIMD16<Float>.self)
  out.storeBytes(of: c03, toByteOffset: 192, as: SIMD16<Float>.self)
  out.storeBytes(of: c10, toByteOffset: 256, as: SIMD16<Float>.self)
  out.storeBytes(of: c11, toByteOffset: 320, as: SIMD16<Float>.self)
  out.storeBytes(of: c12, toByteOffset: 384, as: SIMD16<Float>.self)
  out.storeBytes(of: c13, toByteOffset: 448, as: SIMD16<Float>.self)
  out.storeBytes(of: c20, toByteOffset: 512, as: SIMD16<Float>.self)
  out.storeBytes(of: c21, toByteOffset: 576, as: SIMD16<Float>.self)
  out.storeBytes(of: c22, toByteOffset: 640, as: SIMD16<Float>.self)
  out.storeBytes(of: c23, toByteOffset: 704, as: SIMD16<Float>.self)
  out.storeBytes(of: c30, toByteOffset: 768, as: SIMD16<Float>.self)
  out.storeBytes(of: c31, toByteOffset: 832, as: SIMD16<Float>.self)
  out.storeBytes(of: c32, toByteOffset: 896, as: SIMD16<Float>.self)
  out.storeBytes(of: c33, toByteOffset: 960, as: SIMD16<Float>.self)
  out.storeBytes(of: c40, toByteOffset: 1024, as: SIMD16<Float>.self)
  out.storeBytes(of: c41, toByteOffset: 1088, as: SIMD16<Float>.self)
  out.storeBytes(of: c42, toByteOffset: 1152, as: SIMD16<Float>.self)
  out.storeBytes(of: c43, toByteOffset: 1216, as: SIMD16<Float>.self)
  out.storeBytes(of: c50, toByteOffset: 1280, as: SIMD16<Float>.self)
  out.storeBytes(of: c51, toByteOffset: 1344, as: SIMD16<Float>.self)
  out.storeBytes(of: c52, toByteOffset: 1408, as: SIMD16<Float>.self)
  out.storeBytes(of: c53, toByteOffset: 1472, as: SIMD16<Float>.self)
}

/// 6 rows × 48 columns, pairs of bf16.
@inline(never)
func multiply6x48(
  steps: Int, a: MicroTile.RowPointers<UInt32>, aStep: Int, b: UnsafePointer<UInt32>, bStep: Int,
  ahead: MicroTile.Ahead, tile: UnsafeMutablePointer<Float>
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
  var offset = 0
  var row = UnsafeRawPointer(b)
  var next = ahead.start
  for _ in 0..<steps {
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
    offset += aStep
    row += bStep * 4
  }
  let out = UnsafeMutableRawPointer(tile)
  out.storeBytes(of: c00, toByteOffset: 0, as: SIMD16<Float>.self)
  out.storeBytes(of: c01, toByteOffset: 64, as: SIMD16<Float>.self)
  out.storeBytes(of: c02, toByteOffset: 128, as: SIMD16<Float>.self)
  out.storeBytes(of: c10, toByteOffset: 256, as: SIMD16<Float>.self)
  out.storeBytes(of: c11, toByteOffset: 320, as: SIMD16<Float>.self)
  out.storeBytes(of: c12, toByteOffset: 384, as: SIMD16<Float>.self)
  out.storeBytes(of: c20, toByteOffset: 512, as: SIMD16<Float>.self)
  out.storeBytes(of: c21, toByteOffset: 576, as: SIMD16<Float>.self)
  out.storeBytes(of: c22, toByteOffset: 640, as: SIMD16<Float>.self)
  out.storeBytes(of: c30, toByteOffset: 768, as: SIMD16<Float>.self)
  out.storeBytes(of: c31, toByteOffset: 832, as: SIMD16<Float>.self)
  out.storeBytes(of: c32, toByteOffset: 896, as: SIMD16<Float>.self)
  out.storeBytes(of: c40, toByteOffset: 1024, as: SIMD16<Float>.self)
  out.storeBytes(of: c41, toByteOffset: 1088, as: SIMD16<Float>.self)
  out.storeBytes(of: c42, toByteOffset: 1152, as: SIMD16<Float>.self)
  out.storeBytes(of: c50, toByteOffset: 1280, as: SIMD16<Float>.self)
  out.storeBytes(of: c51, toByteOffset: 1344, as: SIMD16<Float>.self)
  out.storeBytes(of: c52, toByteOffset: 1408, as: SIMD16<Float>.self)
}

/// 6 rows × 32 columns, pairs of bf16.
@inline(never)
func multiply6x32(
  steps: Int, a: MicroTile.RowPointers<UInt32>, aStep: Int, b: UnsafePointer<UInt32>, bStep: Int,
  ahead: MicroTile.Ahead, tile: UnsafeMutablePointer<Float>
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
  var offset = 0
  var row = UnsafeRawPointer(b)
  var next = ahead.start
  for _ in 0..<steps {
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
    offset += aStep
    row += bStep * 4
  }
  let out = UnsafeMutableRawPointer(tile)
  out.storeBytes(of: c00, toByteOffset: 0, as: SIMD16<Float>.self)
  out.storeBytes(of: c01, toByteOffset: 64, as: SIMD16<Float>.self)
  out.storeBytes(of: c10, toByteOffset: 256, as: SIMD16<Float>.self)
  out.storeBytes(of: c11, toByteOffset: 320, as: SIMD16<Float>.self)
  out.storeBytes(of: c20, toByteOffset: 512, as: SIMD16<Float>.self)
  out.storeBytes(of: c21, toByteOffset: 576, as: SIMD16<Float>.self)
  out.storeBytes(of: c30, toByteOffset: 768, as: SIMD16<Float>.self)
  out.storeBytes(of: c31, toByteOffset: 832, as: SIMD16<Float>.self)
  out.storeBytes(of: c40, toByteOffset: 1024, as: SIMD16<Float>.self)
  out.storeBytes(of: c41, toByteOffset: 1088, as: SIMD16<Float>.self)
  out.storeBytes(of: c50, toByteOffset: 1280, as: SIMD16<Float>.self)
  out.storeBytes(of: c51, toByteOffset: 1344, as: SIMD16<Float>.self)
}

/// 6 rows × 16 columns, pairs of bf16.
@inline(never)
func multiply6x16(
  steps: Int, a: MicroTile.RowPointers<UInt32>, aStep: Int, b: UnsafePointer<UInt32>, bStep: Int,
  ahead: MicroTile.Ahead, tile: UnsafeMutablePointer<Float>
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
  var offset = 0
  var row = UnsafeRawPointer(b)
  var next = ahead.start
  for _ in 0..<steps {
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
    offset += aStep
    row += bStep * 4
  }
  let out = UnsafeMutableRawPointer(tile)
  out.storeBytes(of: c00, toByteOffset: 0, as: SIMD16<Float>.self)
  out.storeBytes(of: c10, toByteOffset: 256, as: SIMD16<Float>.self)
  out.storeBytes(of: c20, toByteOffset: 512, as: SIMD16<Float>.self)
  out.storeBytes(of: c30, toByteOffset: 768, as: SIMD16<Float>.self)
  out.storeBytes(of: c40, toByteOffset: 1024, as: SIMD16<Float>.self)
  out.storeBytes(of: c50, toByteOffset: 1280, as: SIMD16<Float>.self)
}

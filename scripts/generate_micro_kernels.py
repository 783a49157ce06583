#!/usr/bin/env python3
"""Writes Sources/Kernels/Products/Generated/MicroKernels.swift.

The Swift compiler keeps accumulators in registers only when each is a variable of its own, so the kernels are
spelled out by this script: products in fp32 and of bf16 pairs, and of 8-bit numbers. For 32 registers of 16 lanes (AVX-512): 6 rows x 1 to 4 vectors, and 2 rows x 4, for fp32
and for bf16 pairs. For 16 registers of 8 lanes (AVX2): 6 rows x 16 columns in fp32, 3 rows x 16 of bf16 pairs, whose parts are
multiplied as fp32.

    python3 scripts/generate_micro_kernels.py > Sources/Kernels/Products/Generated/MicroKernels.swift
"""


def kernel(lane: str, rows: int, columns: int, lanes: int) -> str:
    vectors = columns // lanes
    cells = [(i, j) for i in range(rows) for j in range(vectors)]
    form = "fp32" if lane == "Float" else "pairs of bf16"
    lines = [
        f"/// {rows} rows × {columns} columns, {form}, in vectors of {lanes} lanes.",
        "@inline(never)",
        f"func multiply{rows}x{columns}{'' if lanes == 16 else 'Narrow'}(",
        f"  kCount: Int, a: MicroTile.RowPointers<{lane}>, aStride: Int, b: UnsafePointer<{lane}>, bStride: Int,",
        "  ahead: MicroTile.Ahead, start: TileStart, out: TileDestination",
        ") {",
    ]
    lines += [f"  let a{i} = a.{i}" for i in range(rows)]
    lines += [f"  var c{i}{j} = SIMD{lanes}<Float>.zero" for i, j in cells]
    lines.append("  if let sums = start.base {")
    for i, j in cells:
        place = f"sums + {i} * start.rowStride + {lanes * j}"
        if lanes == 16:
            lines.append(f"    c{i}{j} = Float.load({place})")
        else:
            lines.append(f"    c{i}{j} = UnsafeRawPointer({place}).loadUnaligned(as: SIMD{lanes}<Float>.self)")
    lines += [
        "  }",
        "  var offset = 0",
        "  var row = UnsafeRawPointer(b)",
        "  var next = ahead.start",
        "  for _ in 0..<kCount {",
        "    quill_prefetch(next)",
        "    next += ahead.byteStride",
    ]
    lines += [
        f"    let b{j} = row.loadUnaligned(fromByteOffset: {4 * lanes * j}, as: SIMD{lanes}<{lane}>.self)"
        for j in range(vectors)
    ]
    for i in range(rows):
        lines.append(f"    let x{i} = SIMD{lanes}<{lane}>(repeating: a{i}[offset])")
        for j in range(vectors):
            product = (
                f"c{i}{j}.addingProduct(x{i}, b{j})"
                if lane == "Float"
                else f"quill_dot_bf16{'' if lanes == 16 else '_narrow'}(c{i}{j}, x{i}, b{j})"
            )
            lines.append(f"    c{i}{j} = {product}")
    lines += ["    offset += aStride", "    row += bStride * 4", "  }", "  switch out.precision {"]
    for precision, element, size in (("fp32", "Float", 4), ("bf16", "BFloat16", 2)):
        lines.append(f"  case .{precision}:")
        for i in range(rows):
            for column in range(0, columns, 16):
                j = column // lanes
                value = f"c{i}{j}" if lanes == 16 else f"SIMD16(lowHalf: c{i}{j}, highHalf: c{i}{j + 1})"
                place = f"out.base + {i} * out.rowByteStride + {column * size}"
                pointer = f"({place}).assumingMemoryBound(to: {element}.self)"
                if lanes == 16:
                    lines.append(f"    {element}.store({value}, {pointer})")
                else:
                    lines += [f"    {element}.store(", f"      {value},", f"      {pointer})"]
    lines += ["  }", "}"]
    return "\n".join(lines)


def int8_kernel() -> str:
    rows, vectors = 6, 4
    cells = [(i, j) for i in range(rows) for j in range(vectors)]
    lines = [
        "/// Adds the products of 6 rows and 64 columns of one group of 64 8-bit numbers to a tile of 6 × 64 sums.",
        "@inline(never)",
        "func addInt8Group6x64(",
        "  _ block: UnsafeRawPointer, scales: UnsafeRawPointer, _ x: MicroTile.SixOf<UnsafeRawPointer>,",
        "  _ factors: MicroTile.SixOf<(scale: Float, correction: Int32)>, to tile: UnsafeMutablePointer<Float>",
        ") {",
    ]
    lines += [f"  var x{i} = x.{i}" for i in range(rows)]
    lines += [f"  var c{i}{j} = SIMD16<Int32>(repeating: factors.{i}.correction)" for i, j in cells]
    lines += ["  var row = block", "  for _ in 0..<16 {"]
    lines += [f"    let b{j} = row.loadUnaligned(fromByteOffset: {64 * j}, as: SIMD16<UInt32>.self)" for j in range(vectors)]
    for i in range(rows):
        lines.append(f"    let q{i} = SIMD16(repeating: x{i}.loadUnaligned(as: UInt32.self))")
        lines += [f"    c{i}{j} = quill_dot_u8_i8(c{i}{j}, b{j}, q{i})" for j in range(vectors)]
        lines.append(f"    x{i} += 4")
    lines += ["    row += 256", "  }", "  let places = scales.assumingMemoryBound(to: BFloat16.self)"]
    for j in range(vectors):
        lines.append(f"  let w{j} = BFloat16.load(places + {16 * j})")
        for i in range(rows):
            lines.append(
                f"  MicroTile.add(c{i}{j}, w{j} * factors.{i}.scale, to: tile + {64 * i + 16 * j})")
    lines.append("}")
    return "\n".join(lines)


wide = [kernel(lane, 6, 16 * vectors, lanes=16) for lane in ("Float", "UInt32") for vectors in (4, 3, 2, 1)]
# What is left of eight rows, as generation of eight texts has them.
wide += [kernel(lane, 2, 64, lanes=16) for lane in ("Float", "UInt32")]
narrow = [kernel("Float", 6, 16, lanes=8), kernel("UInt32", 3, 16, lanes=8)]
print("// Written by scripts/generate_micro_kernels.py; change that.\n")
print("import CVector")
print("import Compute\n")
print("// SAFETY: the rows of A and B hold kCount lanes, B's to whole vectors, and `start` and `out` have room for the tile: the")
print("// callers in GEMM.swift give whole tiles of their own where a matrix has less. The lines ahead are only prefetched.\n")
print("\n\n".join(wide + narrow + [int8_kernel()]))

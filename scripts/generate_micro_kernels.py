#!/usr/bin/env python3
"""Writes Sources/Kernels/Products/Generated/MicroKernels.swift.

The Swift compiler keeps accumulators in registers only when each is a variable of its own, so the kernels are
spelled out by this script: 6 rows x 1 to 4 vectors of 16 columns, for fp32 and for bf16 pairs.

    python3 scripts/generate_micro_kernels.py > Sources/Kernels/Products/Generated/MicroKernels.swift
"""

ROWS = 6


def kernel(lane: str, vectors: int) -> str:
    cells = [(i, j) for i in range(ROWS) for j in range(vectors)]
    lines = [
        f"/// {ROWS} rows × {16 * vectors} columns, {'fp32' if lane == 'Float' else 'pairs of bf16'}.",
        "@inline(never)",
        f"func multiply{ROWS}x{16 * vectors}(",
        f"  kCount: Int, a: MicroTile.RowPointers<{lane}>, aStride: Int, b: UnsafePointer<{lane}>, bStride: Int,",
        "  ahead: MicroTile.Ahead, start: TileStart, out: TileDestination",
        ") {",
    ]
    lines += [f"  let a{i} = a.{i}" for i in range(ROWS)]
    lines += [f"  var c{i}{j} = SIMD16<Float>.zero" for i, j in cells]
    lines.append("  if let sums = start.base {")
    lines += [f"    c{i}{j} = Float.load(sums + {i} * start.rowStride + {16 * j})" for i, j in cells]
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
        f"    let b{j} = row.loadUnaligned(fromByteOffset: {64 * j}, as: SIMD16<{lane}>.self)"
        for j in range(vectors)
    ]
    for i in range(ROWS):
        lines.append(f"    let x{i} = SIMD16<{lane}>(repeating: a{i}[offset])")
        for j in range(vectors):
            product = (
                f"c{i}{j}.addingProduct(x{i}, b{j})"
                if lane == "Float"
                else f"quill_dot_bf16(c{i}{j}, x{i}, b{j})"
            )
            lines.append(f"    c{i}{j} = {product}")
    lines += ["    offset += aStride", "    row += bStride * 4", "  }", "  switch out.precision {"]
    for precision, element, size in (("fp32", "Float", 4), ("bf16", "BFloat16", 2)):
        lines.append(f"  case .{precision}:")
        for i, j in cells:
            place = f"out.base + {i} * out.rowByteStride + {16 * j * size}"
            lines.append(f"    {element}.store(c{i}{j}, ({place}).assumingMemoryBound(to: {element}.self))")
    lines += ["  }", "}"]
    return "\n".join(lines)


print("// Written by scripts/generate_micro_kernels.py; change that.\n")
print("import CVector")
print("import Compute\n")
print("\n\n".join(kernel(lane, vectors) for lane in ("Float", "UInt32") for vectors in (4, 3, 2, 1)))

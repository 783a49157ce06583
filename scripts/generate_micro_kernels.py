#!/usr/bin/env python3
"""Writes Sources/Compute/Products/MicroKernels.swift.

The Swift compiler keeps accumulators in registers only when each is a variable of its own, so the kernels are
spelled out by this script: 6 rows x 1 to 4 vectors of 16 columns, for fp32 and for bf16 pairs.

    python3 scripts/generate_micro_kernels.py > Sources/Compute/Products/MicroKernels.swift
"""

ROWS = 6


def kernel(lane: str, vectors: int) -> str:
    rows = range(ROWS)
    columns = range(vectors)
    lines = [
        f"/// {ROWS} rows × {16 * vectors} columns, {'fp32' if lane == 'Float' else 'pairs of bf16'}.",
        "@inline(never)",
        f"func multiply{ROWS}x{16 * vectors}(",
        f"  steps: Int, a: MicroTile.RowPointers<{lane}>, aStep: Int, b: UnsafePointer<{lane}>, bStep: Int,",
        "  ahead: MicroTile.Ahead, tile: UnsafeMutablePointer<Float>",
        ") {",
    ]
    for i in rows:
        lines.append(f"  let a{i} = a.{i}")
    for i in rows:
        for j in columns:
            lines.append(f"  var c{i}{j} = SIMD16<Float>.zero")
    lines += [
        "  var offset = 0",
        "  var row = UnsafeRawPointer(b)",
        "  var next = ahead.start",
        "  for _ in 0..<steps {",
        "    quill_prefetch(next)",
        "    next += ahead.byteStride",
    ]
    for j in columns:
        lines.append(
            f"    let b{j} = row.loadUnaligned(fromByteOffset: {64 * j}, as: SIMD16<{lane}>.self)"
        )
    for i in rows:
        lines.append(f"    let x{i} = SIMD16<{lane}>(repeating: a{i}[offset])")
        for j in columns:
            product = (
                f"c{i}{j}.addingProduct(x{i}, b{j})"
                if lane == "Float"
                else f"quill_dot_bf16(c{i}{j}, x{i}, b{j})"
            )
            lines.append(f"    c{i}{j} = {product}")
    lines += [
        "    offset += aStep",
        "    row += bStep * 4",
        "  }",
        "  let out = UnsafeMutableRawPointer(tile)",
    ]
    for i in rows:
        for j in columns:
            byte = (i * 4 + j) * 64
            lines.append(f"  out.storeBytes(of: c{i}{j}, toByteOffset: {byte}, as: SIMD16<Float>.self)")
    lines.append("}")
    return "\n".join(lines)


print("// Written by scripts/generate_micro_kernels.py; change that.\n")
print("import CVector\n")
print("\n\n".join(kernel(lane, vectors) for lane in ("Float", "UInt32") for vectors in (4, 3, 2, 1)))

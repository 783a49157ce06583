import Compute
import Kernels

/// Token vectors, plus learned positions in the GPT-2 family.
struct EmbeddingLayer: @unchecked Sendable {
  let tokens: Vector
  let positions: Vector?

  /// Columns that one task of the backward pass owns.
  static let columnsPerBand = 64

  func forward(_ rows: Range<Int>, _ pass: Pass, x: UnsafeMutablePointer<Float>) {
    Embedding.forward(
      rows: rows, pass.width, length: pass.length, ids: pass.inputs, tokens: tokens.values,
      positions: positions?.values, x: x, dropout: pass.mask(.embedding))
  }

  func bandCount(_ pass: Pass) -> Int { (pass.width + Self.columnsPerBand - 1) / Self.columnsPerBand }

  /// Adds a band of columns of dx to the rows of the embeddings they came from.
  func backward(band: Int, _ pass: Pass, dx: UnsafePointer<Float>, gradients: UnsafeMutablePointer<Float>) {
    let first = band * Self.columnsPerBand
    Embedding.backward(
      columns: first..<min(pass.width, first + Self.columnsPerBand), rows: pass.rowCount, pass.width,
      length: pass.length, ids: pass.inputs, dx: dx, tokenGradient: gradients + tokens.offset,
      positionGradient: positions.map { gradients + $0.offset }, dropout: pass.mask(.embedding))
  }
}

import Compute
import Kernels
import Transformer

extension ReferenceTransformer {
  /// Runs windows of `length` tokens through the model.
  ///
  /// - Parameters:
  ///   - inputs: `(B, length)` token ids.
  ///   - targets: as many ids; -1 marks a position that does not count.
  ///   - documentStarts: `(B, length)`, where in its window the document of a position begins; nil for whole windows.
  ///   - dropout: nil for none.
  package func forward(
    _ inputs: [Int32], _ targets: [Int32], length: Int, documentStarts: [Int32]? = nil, dropout: Dropout? = nil
  ) -> Pass {
    var pass = Pass(
      inputs: inputs, targets: targets, length: length, documentStarts: documentStarts, dropout: dropout)
    let isGPT2 = configuration.family == .gpt2
    var x = Reference.embedding(
      inputs, tokenWeight: values("\(names.embedding).weight"),
      positionWeight: isGPT2 ? values("\(names.positions).weight") : nil, length: length,
      width: configuration.width)
    x = applying(dropout, at: .embedding, to: x)
    for index in 0..<configuration.layerCount {
      var layer = Layer(input: x)
      attend(&layer, index: index, pass: pass)
      x = feedForward(&layer, index: index, pass: pass)
      pass.layers.append(layer)
    }
    pass.stream = x
    pass.finalNorm = norm(names.finalNorm, x, rows: pass.rows)
    pass.logits = linear(names.head, pass.finalNorm.y, rows: pass.rows)
    pass.losses = Reference.crossEntropy(
      pass.logits, targets: targets, vocabulary: configuration.vocabularySize)
    return pass
  }

  /// `middle = input + dropout(attention(norm(input)))`
  private func attend(_ layer: inout Layer, index: Int, pass: Pass) {
    let names = names(layer: index)
    let shape = attentionShape(rows: pass.rows, length: pass.length)
    layer.attentionNorm = norm(names.attentionNorm, layer.input, rows: pass.rows)
    projectQueryKeyValue(&layer, names: names, rows: pass.rows)
    layer.query = layer.projectedQuery
    layer.key = layer.projectedKey
    if configuration.family == .qwen3 {
      layer.queryNorm = norm("\(names.prefix).self_attn.q_norm", layer.query, rows: pass.rows * shape.H)
      layer.keyNorm = norm("\(names.prefix).self_attn.k_norm", layer.key, rows: pass.rows * shape.KV)
      layer.query = layer.queryNorm.y
      layer.key = layer.keyNorm.y
    }
    if configuration.family != .gpt2 {
      let positions = (0..<pass.rows).map { $0 % pass.length }
      let theta = Scalar(configuration.ropeTheta)
      layer.query = Reference.rotary(
        layer.query, positions: positions, heads: shape.H, headSize: shape.D, theta: theta)
      layer.key = Reference.rotary(
        layer.key, positions: positions, heads: shape.KV, headSize: shape.D, theta: theta)
    }
    (layer.attention, layer.logSumExp) = Reference.attention(
      q: layer.query, k: layer.key, v: layer.value, shape: shape,
      mask: attentionMask(pass.dropout, layer: index, shape: shape), documentStarts: pass.documentStarts)
    let output = linear(names.attentionOutput, layer.attention, rows: pass.rows)
    layer.middle = sum(layer.input, applying(pass.dropout, at: .attentionOutput(layer: index), to: output))
  }

  private func projectQueryKeyValue(_ layer: inout Layer, names: LayerNames, rows: Int) {
    let x = layer.attentionNorm.y
    if configuration.family == .gpt2 {
      let parts = columns(linear("\(names.prefix).attn.c_attn", x, rows: rows), rows: rows, parts: 3)
      (layer.projectedQuery, layer.projectedKey, layer.value) = (parts[0], parts[1], parts[2])
    } else {
      layer.projectedQuery = linear("\(names.prefix).self_attn.q_proj", x, rows: rows)
      layer.projectedKey = linear("\(names.prefix).self_attn.k_proj", x, rows: rows)
      layer.value = linear("\(names.prefix).self_attn.v_proj", x, rows: rows)
    }
  }

  /// `middle + dropout(down(activation(norm(middle))))`
  private func feedForward(_ layer: inout Layer, index: Int, pass: Pass) -> [Scalar] {
    let names = names(layer: index)
    layer.feedForwardNorm = norm(names.feedForwardNorm, layer.middle, rows: pass.rows)
    if configuration.family == .gpt2 {
      layer.gate = linear("\(names.prefix).mlp.c_fc", layer.feedForwardNorm.y, rows: pass.rows)
      layer.activation = Reference.gelu(layer.gate)
    } else {
      layer.gate = linear("\(names.prefix).mlp.gate_proj", layer.feedForwardNorm.y, rows: pass.rows)
      layer.up = linear("\(names.prefix).mlp.up_proj", layer.feedForwardNorm.y, rows: pass.rows)
      layer.activation = Reference.swiGLU(gate: layer.gate, up: layer.up)
    }
    let output = linear(names.down, layer.activation, rows: pass.rows)
    return sum(layer.middle, applying(pass.dropout, at: .feedForwardOutput(layer: index), to: output))
  }
}

extension ReferenceTransformer {
  func sum(_ a: [Scalar], _ b: [Scalar]) -> [Scalar] { zip(a, b).map { $0 + $1 } }

  /// Multiplies by the factors of a site; its own backward.
  func applying(_ dropout: Dropout?, at site: DropoutSite, to x: [Scalar]) -> [Scalar] {
    guard let dropout else { return x }
    return x.enumerated().map { $1 * dropout(site, $0) }
  }

  func attentionMask(
    _ dropout: Dropout?, layer: Int, shape: Reference.AttentionShape
  ) -> Reference.AttentionMask<Scalar>? {
    guard let dropout else { return nil }
    return { b, h, t, s in
      dropout(.attentionWeights(layer: layer), ((b * shape.H + h) * shape.T + t) * shape.T + s)
    }
  }

  /// Cuts each row into equal parts and collects the first parts, the second parts and so on.
  func columns(_ x: [Scalar], rows: Int, parts: Int) -> [[Scalar]] {
    let width = x.count / rows / parts
    return (0..<parts).map { part in
      (0..<rows).flatMap { row in
        let start = (row * parts + part) * width
        return x[start..<start + width]
      }
    }
  }
}

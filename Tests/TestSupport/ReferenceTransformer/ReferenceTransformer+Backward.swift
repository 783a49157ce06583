import Compute
import Kernels
import Transformer

extension ReferenceTransformer {
  /// The gradient of `scale` × the mean loss with respect to every parameter, laid out as the parameters are.
  package func backward(_ pass: Pass, scale: Scalar = 1) -> [Scalar] {
    var gradients = [Scalar](repeating: 0, count: parameters.count)
    if pass.countedTargets == 0 { return gradients }
    let dLogits = Reference.crossEntropyBackward(
      pass.logits, targets: pass.targets, vocabulary: configuration.vocabularySize,
      dLoss: scale / Scalar(pass.countedTargets))
    let dNorm = linearBackward(names.head, dLogits, x: pass.finalNorm.y, rows: pass.rows, &gradients)
    var dx = normBackward(names.finalNorm, dNorm, x: pass.stream, pass.finalNorm, &gradients)
    for index in (0..<configuration.layerCount).reversed() {
      let layer = pass.layers[index]
      dx = feedForwardBackward(dx, layer, index: index, pass: pass, &gradients)
      dx = attendBackward(dx, layer, index: index, pass: pass, &gradients)
    }
    let isGPT2 = configuration.family == .gpt2
    let embedding = Reference.embeddingBackward(
      applying(pass.dropout, at: .embedding, to: dx), ids: pass.inputs,
      vocabulary: configuration.vocabularySize,
      positions: isGPT2 ? configuration.contextLength : 0, length: pass.length, width: configuration.width)
    add(embedding.dTokenWeight, to: "\(names.embedding).weight", &gradients)
    if isGPT2 { add(embedding.dPositionWeight, to: "\(names.positions).weight", &gradients) }
    return gradients
  }

  /// Backward of `middle + dropout(down(activation(norm(middle))))`.
  private func feedForwardBackward(
    _ dy: [Scalar], _ layer: Layer, index: Int, pass: Pass, _ gradients: inout [Scalar]
  ) -> [Scalar] {
    let names = names(layer: index)
    let dOutput = applying(pass.dropout, at: .feedForwardOutput(layer: index), to: dy)
    let dActivation = linearBackward(names.down, dOutput, x: layer.activation, rows: pass.rows, &gradients)
    let x = layer.feedForwardNorm.y
    let dNorm: [Scalar]
    if configuration.family == .gpt2 {
      let dGate = Reference.geluBackward(dActivation, x: layer.gate)
      dNorm = linearBackward("\(names.prefix).mlp.c_fc", dGate, x: x, rows: pass.rows, &gradients)
    } else {
      let (dGate, dUp) = Reference.swiGLUBackward(dActivation, gate: layer.gate, up: layer.up)
      dNorm = sum(
        linearBackward("\(names.prefix).mlp.gate_proj", dGate, x: x, rows: pass.rows, &gradients),
        linearBackward("\(names.prefix).mlp.up_proj", dUp, x: x, rows: pass.rows, &gradients))
    }
    return sum(
      dy, normBackward(names.feedForwardNorm, dNorm, x: layer.middle, layer.feedForwardNorm, &gradients))
  }

  /// Backward of `input + dropout(attention(norm(input)))`.
  private func attendBackward(
    _ dy: [Scalar], _ layer: Layer, index: Int, pass: Pass, _ gradients: inout [Scalar]
  ) -> [Scalar] {
    let names = names(layer: index)
    let shape = attentionShape(rows: pass.rows, length: pass.length)
    let dOutput = applying(pass.dropout, at: .attentionOutput(layer: index), to: dy)
    let dAttention = linearBackward(
      names.attentionOutput, dOutput, x: layer.attention, rows: pass.rows, &gradients)
    var (dQuery, dKey, dValue) = Reference.attentionBackward(
      dAttention, q: layer.query, k: layer.key, v: layer.value, logSumExp: layer.logSumExp, shape: shape,
      mask: attentionMask(pass.dropout, layer: index, shape: shape), documentStarts: pass.documentStarts)
    if configuration.family != .gpt2 {
      let positions = (0..<pass.rows).map { $0 % pass.length }
      let theta = Scalar(configuration.ropeTheta)
      dQuery = Reference.rotaryBackward(
        dQuery, positions: positions, heads: shape.H, headSize: shape.D, theta: theta)
      dKey = Reference.rotaryBackward(
        dKey, positions: positions, heads: shape.KV, headSize: shape.D, theta: theta)
    }
    if configuration.family == .qwen3 {
      dQuery = normBackward(
        "\(names.prefix).self_attn.q_norm", dQuery, x: layer.projectedQuery, layer.queryNorm, &gradients)
      dKey = normBackward(
        "\(names.prefix).self_attn.k_norm", dKey, x: layer.projectedKey, layer.keyNorm, &gradients)
    }
    let dNorm = projectionBackward(
      (dQuery, dKey, dValue), layer, names: names, rows: pass.rows, &gradients)
    return sum(dy, normBackward(names.attentionNorm, dNorm, x: layer.input, layer.attentionNorm, &gradients))
  }

  private func projectionBackward(
    _ d: (query: [Scalar], key: [Scalar], value: [Scalar]), _ layer: Layer, names: LayerNames, rows: Int,
    _ gradients: inout [Scalar]
  ) -> [Scalar] {
    let x = layer.attentionNorm.y
    if configuration.family == .gpt2 {
      let width = configuration.width
      let joined = (0..<rows).flatMap { row in
        let columns = row * width..<(row + 1) * width
        return d.query[columns] + d.key[columns] + d.value[columns]
      }
      return linearBackward("\(names.prefix).attn.c_attn", joined, x: x, rows: rows, &gradients)
    }
    let dQuery = linearBackward("\(names.prefix).self_attn.q_proj", d.query, x: x, rows: rows, &gradients)
    let dKey = linearBackward("\(names.prefix).self_attn.k_proj", d.key, x: x, rows: rows, &gradients)
    let dValue = linearBackward("\(names.prefix).self_attn.v_proj", d.value, x: x, rows: rows, &gradients)
    return sum(sum(dQuery, dKey), dValue)
  }
}

extension ReferenceTransformer {
  private func add(_ gradient: [Scalar], to name: String, _ gradients: inout [Scalar]) {
    let offset = tensor(name)!.offset
    for (index, value) in gradient.enumerated() { gradients[offset + index] += value }
  }

  /// Adds the gradients of the weight and the bias, and returns `dx`.
  private func linearBackward(
    _ name: String, _ dy: [Scalar], x: [Scalar], rows: Int, _ gradients: inout [Scalar]
  ) -> [Scalar] {
    let shape = tensor("\(name).weight")!.shape
    let result = Reference.linearBackward(
      dy, x: x, weight: values("\(name).weight"), rows: rows, inputs: shape[1], outputs: shape[0])
    add(result.dWeight, to: "\(name).weight", &gradients)
    if tensor("\(name).bias") != nil { add(result.dBias, to: "\(name).bias", &gradients) }
    return result.dx
  }

  private func normBackward(
    _ name: String, _ dy: [Scalar], x: [Scalar], _ saved: Norm, _ gradients: inout [Scalar]
  ) -> [Scalar] {
    let weight = values("\(name).weight")
    if configuration.family == .gpt2 {
      let result = Reference.layerNormBackward(dy, x: x, weight: weight, mean: saved.mean, rstd: saved.rstd)
      add(result.dWeight, to: "\(name).weight", &gradients)
      if tensor("\(name).bias") != nil { add(result.dBias, to: "\(name).bias", &gradients) }
      return result.dx
    }
    let result = Reference.rmsNormBackward(dy, x: x, weight: weight, rstd: saved.rstd)
    add(result.dWeight, to: "\(name).weight", &gradients)
    return result.dx
  }
}

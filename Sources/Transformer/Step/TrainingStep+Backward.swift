import Compute

extension TrainingStep {
  /// Takes dx from the last layer to the embedding and adds every parameter's gradient.
  ///
  /// Threads meet three times per layer. The weights' gradients contract over all rows, so each of their blocks is a
  /// task of its own, run beside the row blocks of the layer's last part.
  func backward(_ pass: Pass) {
    for index in model.layers.indices.reversed() { backward(layer: index, pass) }
    model.pool.forEach(model.embedding.bandCount(pass)) { band, _ in
      model.embedding.backward(band: band, pass, dx: memory.dx, gradients: gradients.pointer)
    }
    reduceNormGradients(pass)
  }

  private func backward(layer index: Int, _ pass: Pass) {
    let layer = model.layers[index]
    let (attention, feedForward) = (memory.attention[index], memory.feedForward[index])
    let blocks = plan.blocks
    let pool = model.pool
    let width = pass.width
    let gradient = layerGradient(index)

    pool.forEach(blocks.count) { block, worker in
      let rows = blocks[block]
      let first = rows.lowerBound
      layer.feedForward.backward(
        rows, pass, feedForward, gradient: gradient, innerGradient: memory.innerGradient, dx: memory.dx,
        sums: memory.normGradients.sums(norm: layer.feedForward.norm.index, block: block), worker: worker)
      Conversion.store(
        rows: rows.count, width, x: memory.dx + first * width, to: memory.middleGradient.at(row: first),
        dropout: pass.mask(.attention(index))?.from(row: first))
      layer.attention.backwardOutput(
        rows, gradient: memory.middleGradient, outputGradient: memory.outputGradient)
    }

    let kernel = pass.attentionKernel(index, plan.precision)
    let headNormSums = memory.headNormSums.map { $0 + index * plan.headNormSumCount }
    pool.forEach(layer.attention.taskCount(pass)) { task, worker in
      layer.attention.backwardAttend(
        task: task, pass, kernel, attention, outputGradient: memory.outputGradient,
        qkvGradient: memory.qkvGradient, headNormSums: headNormSums, worker: worker)
    }

    let products = (
      weightGradient(layer.feedForward.output, dy: gradient, x: feedForward.activated),
      weightGradient(layer.feedForward.input, dy: memory.innerGradient, x: feedForward.normalized),
      weightGradient(layer.attention.output, dy: memory.middleGradient, x: attention.output),
      weightGradient(layer.attention.input, dy: memory.qkvGradient, x: attention.normalized)
    )
    let end0 = blocks.count + products.0.blockCount
    let end1 = end0 + products.1.blockCount
    let end2 = end1 + products.2.blockCount
    let end3 = end2 + products.3.blockCount
    pool.forEach(end3) { task, worker in
      let scratch = pass.scratch(worker)
      switch task {
      case ..<blocks.count:
        let rows = blocks[task]
        layer.attention.backwardProject(
          rows, pass, attention, qkvGradient: memory.qkvGradient, dx: memory.dx,
          sums: memory.normGradients.sums(norm: layer.attention.norm.index, block: task), worker: worker)
        storeLayerGradient(rows, pass, layer: index - 1)
      case ..<end0: products.0.accumulate(block: task - blocks.count, scratch: scratch)
      case ..<end1: products.1.accumulate(block: task - end0, scratch: scratch)
      case ..<end2: products.2.accumulate(block: task - end1, scratch: scratch)
      default: products.3.accumulate(block: task - end2, scratch: scratch)
      }
    }
  }

  private func weightGradient(_ matrix: WeightMatrix, dy: Matrix, x: Matrix) -> WeightGradient {
    WeightGradient(
      gradient: gradients.pointer + matrix.offset,
      biasGradient: matrix.bias.map { gradients.pointer + $0.offset },
      dy: dy, x: x, rows: plan.rowCount, outputCount: matrix.outputCount, inputCount: matrix.inputCount)
  }

  private func reduceNormGradients(_ pass: Pass) {
    memory.normGradients.reduce(model.finalNorm, into: gradients.pointer)
    for (index, layer) in model.layers.enumerated() {
      memory.normGradients.reduce(layer.attention.norm, into: gradients.pointer)
      memory.normGradients.reduce(layer.feedForward.norm, into: gradients.pointer)
      guard let sums = memory.headNormSums, let query = layer.attention.queryNorm,
        let key = layer.attention.keyNorm
      else { continue }
      let headSize = pass.configuration.headSize
      let layerSums = sums + index * plan.headNormSumCount
      for task in 0..<layer.attention.taskCount(pass) {
        let taskSums = layerSums + 2 * task * headSize
        Conversion.add(headSize, taskSums, to: gradients.pointer + query.offset)
        Conversion.add(headSize, taskSums + headSize, to: gradients.pointer + key.offset)
      }
    }
  }
}

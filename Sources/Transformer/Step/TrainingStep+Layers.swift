import Compute
import Kernels

/// The way of a batch through all layers, and of its gradient back.
extension TrainingStep {
  // MARK: Forward

  /// Takes the batch through all layers and the final norm.
  ///
  /// Threads meet twice per layer: before and after attention, which needs whole sequences. Between two meetings
  /// a block of rows goes through everything that works row by row, across the layer boundary.
  func forward(_ pass: Pass) {
    let blocks = plan.blocks
    let pool = model.pool
    let lastLayer = model.layers.count - 1
    pool.forEach(blocks.count) { block, worker in
      pass.timed(.embedding, worker) {
        Embedding.forward(
          rows: blocks[block], pass.width, length: pass.length, ids: pass.inputs,
          tokens: model.embedding.tokens.values, positions: model.embedding.positions?.values,
          x: memory.attention[0].x, dropout: pass.mask(.embedding))
      }
      model.layers[0].attention.project(blocks[block], pass, memory.attention[0], worker: worker)
    }
    for (index, layer) in model.layers.enumerated() {
      let kernel = pass.attentionKernel(index)
      pool.forEach(layer.attention.taskCount(pass)) { task, worker in
        layer.attention.attend(task: task, pass, kernel, memory.attention[index], worker: worker)
      }
      pool.forEach(blocks.count) { block, worker in
        let rows = blocks[block]
        let feedForward = memory.feedForward[index]
        layer.attention.addOutput(
          rows, pass, memory.attention[index], layer: index, to: feedForward.x, worker: worker)
        layer.feedForward.forward(
          rows, pass, feedForward, layer: index, to: memory.stream(after: index), worker: worker)
        if index < lastLayer {
          model.layers[index + 1].attention.project(rows, pass, memory.attention[index + 1], worker: worker)
        } else {
          let normalized = memory.finalNormalized.at(row: rows.lowerBound)
          pass.timed(.norms, worker) {
            model.finalNorm.forward(rows, x: memory.final, y: normalized, memory.finalStatistics)
            memory.finalPanels.write(rows: rows, columns: pass.width, from: normalized)
          }
        }
      }
    }
  }

  // MARK: Backward

  /// Takes dx from the last layer to the embedding and adds every parameter's gradient.
  ///
  /// Threads meet three times per layer. A weight's gradient contracts over all rows, so its blocks are tasks of
  /// their own; they run beside the next part that does not overwrite what they read, and fill its gaps.
  func backward(_ pass: Pass) {
    for index in model.layers.indices.reversed() { backward(layer: index, pass) }
    let product = inputGradient(layer: 0)
    let bandCount = (pass.width + Self.embeddingBandWidth - 1) / Self.embeddingBandWidth
    model.pool.forEach(
      bandCount, { band, worker in embeddingGradient(band: band, pass, worker) },
      product.blockCount, { block, worker in accumulate(product, block: block, pass, worker) })
    reduceNormGradients(pass)
  }

  private func backward(layer index: Int, _ pass: Pass) {
    let layer = model.layers[index]
    let (attention, feedForward) = (memory.attention[index], memory.feedForward[index])
    let (attentionGradients, feedForwardGradients) = (memory.attentionGradients, memory.feedForwardGradients)
    let blocks = plan.blocks
    let pool = model.pool

    // The feed-forward half, and attention's output projection; the input projection of the layer above.
    let above = index + 1 < model.layers.count ? inputGradient(layer: index + 1) : nil
    pool.forEach(
      blocks.count,
      { block, worker in
        layer.feedForward.backward(
          blocks[block], pass, feedForward, feedForwardGradients, dx: memory.dx,
          sums: memory.normGradients.sums(norm: layer.feedForward.norm.index, block: block), worker: worker)
        layer.attention.backwardOutput(
          blocks[block], pass, attention, layer: index, dx: memory.dx, attentionGradients, worker: worker)
      },
      above?.blockCount ?? 0,
      { block, worker in accumulate(above!, block: block, pass, worker) })

    // Attention; both feed-forward matrices.
    let kernel = pass.attentionKernel(index)
    let qkNormSums = memory.qkNormSums.map { $0 + index * plan.qkNormSumCount }
    let down = weightGradient(
      layer.feedForward.output, dy: feedForwardGradients.sumPanels, x: feedForward.activated)
    let up = weightGradient(layer.feedForward.input, dy: feedForwardGradients.inner, x: feedForward.normalized)
    pool.forEach(
      layer.attention.taskCount(pass),
      { task, worker in
        layer.attention.backwardAttend(
          task: task, pass, kernel, attention, attentionGradients, qkNormSums: qkNormSums, worker: worker)
      },
      down.blockCount + up.blockCount,
      { block, worker in
        let isDown = block < down.blockCount
        accumulate(
          isDown ? down : up, block: isDown ? block : block - down.blockCount, pass, worker)
      })

    // Attention's input projection and norm, down to the layer below; its output matrix.
    let output = weightGradient(
      layer.attention.output, dy: attentionGradients.sum, x: attentionGradients.outputPanels)
    pool.forEach(
      blocks.count,
      { block, worker in
        layer.attention.backwardProject(
          blocks[block], pass, attention, attentionGradients, dx: memory.dx,
          sums: memory.normGradients.sums(norm: layer.attention.norm.index, block: block), worker: worker)
        receiveGradient(blocks[block], pass, layer: index - 1, worker: worker)
      },
      output.blockCount, { block, worker in accumulate(output, block: block, pass, worker) })
  }

  private func accumulate(_ product: WeightGradient, block: Int, _ pass: Pass, _ worker: Int) {
    pass.timed(.weightGradients, worker) {
      product.accumulate(block: block, scratch: pass.scratch(worker))
    }
  }

  private func inputGradient(layer index: Int) -> WeightGradient {
    weightGradient(
      model.layers[index].attention.input, dy: memory.attentionGradients.qkvPanels,
      x: memory.attention[index].normalized)
  }

  private func weightGradient(_ matrix: WeightMatrix, dy: KPanels, x: KPanels) -> WeightGradient {
    WeightGradient(
      gradient: gradients.pointer + matrix.offset,
      biasGradient: matrix.bias.map { gradients.pointer + $0.offset },
      dy: .panels(dy), x: x, rows: 0..<plan.rowCount, outputCount: matrix.outputCount,
      inputCount: matrix.inputCount)
  }

  /// Columns of the embeddings that one task of the backward pass owns.
  private static let embeddingBandWidth = 64

  /// Adds a band of columns of dx to the rows of the embeddings they came from.
  private func embeddingGradient(band: Int, _ pass: Pass, _ worker: Int) {
    let first = band * Self.embeddingBandWidth
    pass.timed(.embedding, worker) {
      Embedding.backward(
        columns: first..<min(pass.width, first + Self.embeddingBandWidth), rows: pass.rowCount, pass.width,
        length: pass.length, ids: pass.inputs, dx: memory.dx,
        tokenGradient: gradients.pointer + model.embedding.tokens.offset,
        positionGradient: model.embedding.positions.map { gradients.pointer + $0.offset },
        dropout: pass.mask(.embedding))
    }
  }

  private func reduceNormGradients(_ pass: Pass) {
    memory.normGradients.reduce(model.finalNorm, into: gradients.pointer)
    for (index, layer) in model.layers.enumerated() {
      memory.normGradients.reduce(layer.attention.norm, into: gradients.pointer)
      memory.normGradients.reduce(layer.feedForward.norm, into: gradients.pointer)
      guard let sums = memory.qkNormSums, let query = layer.attention.queryNorm,
        let key = layer.attention.keyNorm
      else { continue }
      let headSize = pass.configuration.headSize
      let layerSums = sums + index * plan.qkNormSumCount
      for task in 0..<layer.attention.taskCount(pass) {
        let taskSums = layerSums + 2 * task * headSize
        Conversion.add(headSize, taskSums, to: gradients.pointer + query.offset)
        Conversion.add(headSize, taskSums + headSize, to: gradients.pointer + key.offset)
      }
    }
  }
}

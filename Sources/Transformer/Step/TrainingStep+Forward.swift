import Compute

extension TrainingStep {
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
        model.embedding.forward(blocks[block], pass, x: memory.attention[0].x)
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
}

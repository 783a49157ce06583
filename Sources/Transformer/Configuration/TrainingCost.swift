/// What one token of training costs in floating-point operations, under each convention that the literature counts with.
///
///     let cost = TrainingCost(configuration, length: 256)
///     cost.exact * tokens              // C
///
/// Forward and backward take 2 and 4 operations for every multiply-add of the forward pass. Only matrix products and
/// attention count; norms, activations and the optimizer, some percent in narrow models, do not.
package struct TrainingCost: Sendable, Equatable {
  /// The parameters in matrices that every token is multiplied with, the head's among them: the N of 6N.
  package let multipliedParameters: Int
  /// 6 · N and the part of attention that the causal mask leaves, 6 · layers · width · (length + 1): position t attends
  /// to t + 1 positions, (length + 1) / 2 on average.
  package let exact: Double
  /// 6 · N + 12 · layers · width · length: attention without its mask, as Chowdhery et al. 2022 (PaLM) count.
  package let fullAttention: Double

  /// 6 · N: without attention, as Kaplan et al. 2020 and Hoffmann et al. 2022 count.
  package var sixN: Double { 6 * Double(multipliedParameters) }

  /// - Parameter length: the tokens of a training window.
  package init(_ configuration: ModelConfiguration, length: Int) {
    let matrices = ParameterLayout(configuration).tensors.filter { $0.shape.count >= 2 }
    multipliedParameters = matrices.reduce(0) { $0 + $1.count } - configuration.lookupParameterCount
    let products = 6 * Double(multipliedParameters)
    let scores = Double(configuration.layerCount) * Double(configuration.width)
    exact = products + 6 * scores * Double(length + 1)
    fullAttention = products + 12 * scores * Double(length)
  }
}

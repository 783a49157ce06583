import Compute

/// A transformer's parameters, and the copies of them that the kernels want.
public final class Model {
  public let configuration: ModelConfiguration
  public let layout: ParameterLayout
  public let precision: Precision
  public let pool: WorkerPool
  /// The fp32 master weights, laid out as `layout` says.
  public let parameters: Slab<Float>

  /// Makes a model with all parameters zero.
  ///
  /// - Precondition: `configuration.validate()` succeeds.
  public init(_ configuration: ModelConfiguration, precision: Precision, pool: WorkerPool) {
    self.configuration = configuration
    self.precision = precision
    self.pool = pool
    layout = ParameterLayout(tensors: [], elementCount: 0)
    parameters = Slab(count: layout.elementCount)
  }

  /// Fills the parameters with the family's usual initial values: a pure function of `seed`.
  public func initialize(seed: UInt64) { fatalError("not written yet") }

  /// Brings the kernels' copies up to date; call it after `parameters` has changed.
  public func refreshComputeWeights() { fatalError("not written yet") }
}

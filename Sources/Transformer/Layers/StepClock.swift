import Compute
import Machine

// SAFETY: every thread adds to counters of its own.

/// Where the time of training steps goes, by kind of kernel.
///
/// Give one to `TrainingStep.clock` to have its tasks timed: each thread adds up its own ticks, at about 20 ns
/// for every kernel call. What is left of a step's time, `threadCount` times over, is waiting.
package final class StepClock: @unchecked Sendable {
  package enum Part: Int, Sendable, CaseIterable {
    case embedding, norms, forwardProducts, rotation, attention, activation, head
    case inputGradients, weightGradients, attentionGradients, activationGradients, normGradients, layout

    /// In words, for a table.
    package var name: String {
      switch self {
      case .embedding: "embedding"
      case .norms: "norms"
      case .forwardProducts: "products forward"
      case .rotation: "rotary and head norms"
      case .attention: "attention forward"
      case .activation: "activation"
      case .head: "head and loss"
      case .inputGradients: "products dx"
      case .weightGradients: "products dW"
      case .attentionGradients: "attention backward"
      case .activationGradients: "activation backward"
      case .normGradients: "norms backward"
      case .layout: "copies and layouts"
      }
    }
  }

  package let threadCount: Int
  /// Each thread's counters are on cache lines of their own.
  private let ticks: Slab<UInt64>
  private static let stride = 32

  package init(threadCount: Int) {
    self.threadCount = threadCount
    ticks = Slab(count: threadCount * Self.stride)
  }

  /// Forgets everything.
  package func reset() { ticks.zero() }

  /// The seconds that all threads together spent in a part.
  package func seconds(_ part: Part) -> Double {
    let total = (0..<threadCount).reduce(0) { $0 + ticks.pointer[$1 * Self.stride + part.rawValue] }
    return Double(total) * Ticks.secondsPerTick
  }

  func add(_ count: UInt64, to part: Part, worker: Int) {
    ticks.pointer[worker * Self.stride + part.rawValue] &+= count
  }
}

import Compute
import Kernels

extension Slab {
  /// A copy of the elements, safe to take of a slab that nothing else keeps alive.
  package var values: [Element] { withExtendedLifetime(self) { Array(buffer) } }
}

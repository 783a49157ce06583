import CVector
import Compute
import Machine

/// The processor that the kernels were compiled for.
///
/// What this target is compiled to may be instructions that the processor lacks. So nothing is done here before it is known
/// that it has them: others, compiled for any processor, look at the bits.
package enum KernelTarget {
  /// The instructions that the kernels may contain anywhere.
  package static var features: Set<Processor.Feature> { Processor.features(ofBits: quill_compiled_features()) }
}

extension Precision {
  /// bf16 where its dot product is faster than two fp32 multiply-adds, fp32 elsewhere.
  package static var recommended: Precision { recommended(for: .current, kernels: KernelTarget.features) }
}

extension Precision.Choice {
  /// The format that the choice means here.
  package var definite: Precision {
    switch self {
    case .auto: .recommended
    case .fp32: .fp32
    case .bf16: .bf16
    }
  }
}

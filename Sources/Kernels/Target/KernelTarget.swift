import CVector
import Compute
import Machine

/// The processor that the kernels were compiled for.
package enum KernelTarget {
  /// The instructions that the kernels may contain anywhere.
  package static var features: Set<Processor.Feature> {
    let bits = quill_compiled_features()
    return Set(Processor.Feature.allCases.filter { bits >> UInt32($0.rawValue) & 1 == 1 })
  }

  /// One sentence on why a processor cannot run the kernels and what to do; nil where it can.
  package static func complaint(
    about processor: Processor = .current, features: Set<Processor.Feature> = features
  ) -> String? {
    let missing = Processor.Feature.allCases.filter {
      features.contains($0) && !processor.features.contains($0)
    }
    guard !missing.isEmpty else { return nil }
    let names = missing.map { "\($0)" }.joined(separator: ", ")
    let portable: Set<Processor.Feature> = [.avx2, .fma, .bmi, .bmi2, .f16c, .lzcnt, .movbe]
    let march = portable.isSubset(of: processor.features) ? "x86-64-v3" : "x86-64"
    return "this program was built for a processor with \(names), which this one lacks: build it here with "
      + "'swift build -c release', or for lesser processors with 'QUILL_MARCH=\(march) swift build -c release'."
  }
}

extension Precision {
  /// bf16 where its dot product is faster than two fp32 multiply-adds, fp32 elsewhere.
  ///
  /// AMD's cores (Zen 4, Zen 5) do `vdpbf16ps` at the rate of an fp32 multiply-add, which is twice the arithmetic;
  /// Intel's (Sapphire and Emerald Rapids) do it at a quarter of that rate: measured 86 GFLOP/s of bf16
  /// against 175 of fp32 on one core. The choice depends on the processor's maker, not on a measurement, so that it is the
  /// same from run to run.
  package static var recommended: Precision { recommended(for: .current, kernels: KernelTarget.features) }

  /// - Parameter kernels: what the kernels are compiled for: without the instruction they spell bf16 products out, at a third
  ///   of fp32's rate.
  package static func recommended(for processor: Processor, kernels: Set<Processor.Feature>) -> Precision {
    processor.vendor == .amd && processor.features.contains(.avx512bf16) && kernels.contains(.avx512bf16)
      ? .bf16 : .fp32
  }
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

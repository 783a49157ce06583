import COpenBLAS
import Foundation
import Machine

/// The kernels OpenBLAS runs with, and whether the processor could do better.
package struct OpenBLASCore: Sendable, Equatable {
  /// OpenBLAS's name for them, such as `SkylakeX`.
  package var name: String
  /// The environment's `OPENBLAS_CORETYPE`, where it is set.
  package var environment: String?
  package var processor: VectorLevel

  /// The widest vectors of a processor, or of a set of kernels.
  package enum VectorLevel: Int, Sendable, Comparable {
    case sse, avx2, avx512
    init(of processor: Processor) {
      let features = processor.features
      self =
        features.isSuperset(of: [.avx512f, .avx512dq])
        ? .avx512 : features.isSuperset(of: [.avx2, .fma]) ? .avx2 : .sse
    }

    package static func < (a: VectorLevel, b: VectorLevel) -> Bool { a.rawValue < b.rawValue }
  }

  package init(name: String, environment: String?, processor: VectorLevel) {
    self.name = name
    self.environment = environment
    self.processor = processor
  }

  static var current: OpenBLASCore {
    OpenBLASCore(
      name: String(cString: openblas_get_corename()),
      environment: ProcessInfo.processInfo.environment["OPENBLAS_CORETYPE"],
      processor: VectorLevel(of: .current))
  }

  /// What the named kernels use; those not listed here are older than AVX2.
  package var kernels: VectorLevel {
    switch name.lowercased() {
    case "skylakex", "cooperlake", "sapphirerapids": .avx512
    case "haswell", "zen", "excavator": .avx2
    default: .sse
    }
  }

  /// A sentence for the user where OpenBLAS leaves vector units unused, else nil.
  package var warning: String? {
    guard kernels < processor else { return nil }
    let better = processor == .avx512 ? "SkylakeX" : "Haswell"
    return environment.map {
      "OPENBLAS_CORETYPE=\($0) keeps OpenBLAS below what this processor can do: unset it, or set it to \(better)."
    } ?? "OpenBLAS does not know this processor: set OPENBLAS_CORETYPE=\(better) for its best kernels."
  }
}

import Machine

extension Precision {
  /// bf16 where its dot product is faster than two fp32 multiply-adds, fp32 elsewhere.
  ///
  /// AMD's cores (Zen 4, Zen 5) do `vdpbf16ps` at the rate of an fp32 multiply-add, which is twice the arithmetic;
  /// Intel's (Sapphire and Emerald Rapids) do it at a quarter of that rate: measured 86 GFLOP/s of bf16
  /// against 175 of fp32 on one core. The choice depends on the processor's maker, not on a measurement, so that it is the
  /// same from run to run.
  ///
  /// - Parameter kernels: what the kernels are compiled for: without the instruction they spell bf16 products out, at a third
  ///   of fp32's rate.
  package static func recommended(for processor: Processor, kernels: Set<Processor.Feature>) -> Precision {
    processor.vendor == .amd && processor.features.contains(.avx512bf16) && kernels.contains(.avx512bf16)
      ? .bf16 : .fp32
  }
}

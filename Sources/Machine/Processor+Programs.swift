extension Processor {
  /// The instructions that a program tells of: bit `rawValue` of `bits` for each.
  package static func features(ofBits bits: UInt32) -> Set<Feature> {
    Set(Feature.allCases.filter { bits >> UInt32($0.rawValue) & 1 == 1 })
  }

  /// One sentence on why the processor cannot run a program built of these instructions and what to do; nil where it can.
  package func complaint(aboutProgramOf features: Set<Feature>) -> String? {
    let missing = Feature.allCases.filter { features.contains($0) && !self.features.contains($0) }
    guard !missing.isEmpty else { return nil }
    let names = missing.map { "\($0)" }.joined(separator: ", ")
    let portable: Set<Feature> = [.avx2, .fma, .bmi, .bmi2, .f16c, .lzcnt, .movbe]
    let march = portable.isSubset(of: self.features) ? "x86-64-v3" : "x86-64"
    return "this program was built for a processor with \(names), which this one lacks: build it here with "
      + "'swift build -c release', or for lesser processors with 'QUILL_MARCH=\(march) swift build -c release'."
  }
}

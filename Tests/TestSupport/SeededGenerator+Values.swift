extension SeededGenerator {
  /// `count` numbers drawn uniformly from [-scale, scale), plus `offset`.
  package mutating func values<Scalar: BinaryFloatingPoint>(
    _ count: Int, scale: Double = 1, offset: Double = 0
  ) -> [Scalar] {
    (0..<count).map { _ in Scalar(offset + scale * signedUnit()) }
  }

  /// `count` token ids below `vocabulary`.
  package mutating func tokens(_ count: Int, below vocabulary: Int) -> [Int32] {
    (0..<count).map { _ in Int32.random(in: 0..<Int32(vocabulary), using: &self) }
  }
}

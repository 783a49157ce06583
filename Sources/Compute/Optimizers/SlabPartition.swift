/// A slab cut into blocks of a fixed size, the unit of work of every element-wise pass over all parameters.
///
/// The cut depends on the parameters' shapes alone, never on the number of threads, so that results do not either.
public struct SlabPartition: Sendable, Equatable {
  public struct Block: Sendable, Equatable {
    public let offset: Int
    /// A multiple of 16.
    public let count: Int
    /// Whether weight decay applies to the block's parameters.
    public let decays: Bool
  }

  /// A block of 64 Ki elements of weights, gradients and two moments is 1 MB: it stays in a core's own cache.
  public static let blockSize = 1 << 16

  public let blocks: [Block]

  /// Cuts `0 ..< elementCount` at the starts of `segments` and then every `blockSize` elements.
  ///
  /// - Parameter segments: in ascending order, the start of each run of parameters that decay or do not; the first
  ///   starts at 0. Starts and `elementCount` are multiples of 16.
  public init(segments: [(start: Int, decays: Bool)], elementCount: Int) {
    var blocks: [Block] = []
    for (index, segment) in segments.enumerated() {
      let end = index + 1 < segments.count ? segments[index + 1].start : elementCount
      precondition(segment.start % 16 == 0 && end % 16 == 0, "segments start at multiples of 16 elements")
      for offset in stride(from: segment.start, to: end, by: Self.blockSize) {
        blocks.append(Block(offset: offset, count: min(Self.blockSize, end - offset), decays: segment.decays))
      }
    }
    self.blocks = blocks
  }
}

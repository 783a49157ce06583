/// A slab cut into blocks, the unit of work of every element-wise pass over all parameters.
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

  /// Parameters that are treated alike, up to the next segment's start.
  public struct Segment: Sendable, Equatable {
    public let start: Int
    public let decays: Bool
    /// Whether the segment is one block, whatever its size.
    public let isWhole: Bool

    public init(start: Int, decays: Bool, isWhole: Bool = false) {
      self.start = start
      self.decays = decays
      self.isWhole = isWhole
    }
  }

  public let blocks: [Block]

  /// Cuts `0 ..< elementCount` at the starts of `segments`, and those that are not whole every `blockSize` elements.
  ///
  /// - Parameter segments: in ascending order; the first starts at 0. Starts and `elementCount` are multiples of 16.
  public init(segments: [Segment], elementCount: Int) {
    var blocks: [Block] = []
    for (index, segment) in segments.enumerated() {
      let end = index + 1 < segments.count ? segments[index + 1].start : elementCount
      precondition(segment.start % 16 == 0 && end % 16 == 0, "segments start at multiples of 16 elements")
      let size = segment.isWhole ? end - segment.start : Self.blockSize
      for offset in stride(from: segment.start, to: end, by: size) {
        blocks.append(Block(offset: offset, count: min(size, end - offset), decays: segment.decays))
      }
    }
    self.blocks = blocks
  }
}

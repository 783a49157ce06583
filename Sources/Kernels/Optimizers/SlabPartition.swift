/// A slab cut into blocks, the unit of work of every element-wise pass over all parameters.
///
/// The cut depends on the parameters' shapes alone, never on the number of threads, so that results do not either.
package struct SlabPartition: Sendable, Equatable {
  package struct Block: Sendable, Equatable {
    package let offset: Int
    /// A multiple of 16.
    package let count: Int
    /// Whether weight decay applies to the block's parameters.
    package let decays: Bool
  }

  /// A block of 64 Ki elements of weights, gradients and two moments is 1 MB: it stays in a core's own cache.
  package static let blockSize = 1 << 16

  /// Parameters that are treated alike, up to the next segment's start.
  package struct Segment: Sendable, Equatable {
    package let start: Int
    package let decays: Bool
    /// Whether the segment is one block, whatever its size.
    package let isWhole: Bool

    package init(start: Int, decays: Bool, isWhole: Bool = false) {
      self.start = start
      self.decays = decays
      self.isWhole = isWhole
    }
  }

  package let blocks: [Block]

  /// Cuts `0 ..< elementCount` at the starts of `segments`, and those that are not whole every `blockSize` elements.
  ///
  /// - Parameter segments: in ascending order; the first starts at 0. Starts and `elementCount` are multiples of 16.
  package init(segments: [Segment], elementCount: Int) {
    var blocks: [Block] = []
    for (index, segment) in segments.enumerated() {
      let end = index + 1 < segments.count ? segments[index + 1].start : elementCount
      guard segment.start % 16 == 0 && end % 16 == 0 else {
        fatalError("segments start at multiples of 16 elements, found \(segment.start) ..< \(end)")
      }
      let size = segment.isWhole ? end - segment.start : Self.blockSize
      for offset in stride(from: segment.start, to: end, by: size) {
        blocks.append(Block(offset: offset, count: min(size, end - offset), decays: segment.decays))
      }
    }
    self.blocks = blocks
  }
}

/// For every position of one window where its document begins, from the positions where documents begin; a first
/// document may have begun before the window.
package func documentStarts(cutAt cuts: [Int], length: Int) -> [Int32] {
  (0..<length).map { position in Int32(cuts.last { $0 <= position } ?? 0) }
}

extension SeededGenerator {
  /// Random documents: in each window some positions at which one begins, neighbours and multiples of 16 among them.
  package mutating func documentStarts(windows: Int, length: Int) -> [Int32] {
    (0..<windows).flatMap { _ in
      var cuts: Set<Int> = []
      for _ in 0..<Int.random(in: 0...5, using: &self) {
        let cut = Int.random(in: 0..<length, using: &self)
        cuts.insert(cut)
        if cut.isMultiple(of: 3) { cuts.insert(min(cut + 1, length - 1)) }
        if cut.isMultiple(of: 2) { cuts.insert(cut & ~15) }
      }
      return TestSupport.documentStarts(cutAt: cuts.sorted(), length: length)
    }
  }
}

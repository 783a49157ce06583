extension Reference {
  /// Rows rounded to whole numbers of 8 bits times a scale, one for every 64 neighbours of a row.
  ///
  ///     scale = max |x| / 127,   x̂ = scale · round(x / scale)
  ///
  /// - Parameter scalesInBFloat16: whether scales are rounded up to bf16, as those of weights are, and x divided by them, or
  ///   left in fp32, as those of activations, and x multiplied by 127 / max |x|.
  package static func roundedTo8Bits(
    _ x: [Float], columns: Int, scalesInBFloat16: Bool
  ) -> [Double] {
    var rounded: [Double] = []
    for row in stride(from: 0, to: x.count, by: columns) {
      for first in stride(from: row, to: row + columns, by: 64) {
        let group = x[first..<min(first + 64, row + columns)]
        let largest = group.reduce(0) { max($0, abs($1)) }
        var scale = largest / 127
        if scalesInBFloat16 { scale = Float(bitPattern: (scale.bitPattern &+ 0xffff) & 0xffff_0000) }
        for value in group {
          let q: Float = scalesInBFloat16 ? value / scale : value * (127 / largest)
          rounded.append(largest > 0 ? Double(scale) * Double(q.rounded(.toNearestOrEven)) : 0)
        }
      }
    }
    return rounded
  }
}

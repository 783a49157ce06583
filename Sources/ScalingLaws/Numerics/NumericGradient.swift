/// Central differences of a smooth function, steps of 1e-5 of each coordinate.
func numericGradient(_ point: [Double], _ f: ([Double]) -> Double) -> [Double] {
  point.indices.map { k in
    var (low, high) = (point, point)
    let step = 1e-5 * max(1, abs(point[k]))
    low[k] -= step
    high[k] += step
    return (f(high) - f(low)) / (2 * step)
  }
}

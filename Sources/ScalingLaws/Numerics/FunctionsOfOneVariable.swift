/// Evenly spaced values from `low` to `high`.
func grid(_ low: Double, _ high: Double, _ count: Int) -> [Double] {
  (0..<count).map { low + (high - low) * Double($0) / Double(max(1, count - 1)) }
}

/// Where a function with one minimum between `low` and `high` has it, to a relative width of 1e-9.
func goldenSection(_ low: Double, _ high: Double, _ f: (Double) -> Double) -> Double {
  let ratio = 0.5 * (5.0.squareRoot() - 1)
  var (a, b) = (low, high)
  var (x1, x2) = (b - ratio * (b - a), a + ratio * (b - a))
  var (f1, f2) = (f(x1), f(x2))
  while b - a > 1e-9 * max(1, abs(a)) {
    if f1 < f2 {
      (b, x2, f2) = (x2, x1, f1)
      x1 = b - ratio * (b - a)
      f1 = f(x1)
    } else {
      (a, x1, f1) = (x1, x2, f2)
      x2 = a + ratio * (b - a)
      f2 = f(x2)
    }
  }
  return 0.5 * (a + b)
}

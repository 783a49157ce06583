/// Whether `count` of `total` independent draws may have come out with the given probability: within six standard deviations,
/// which chance leaves once in 5 · 10⁸ times. False where nothing was drawn.
package func isBinomial(_ count: Int, of total: Int, probability: Double) -> Bool {
  let deviation = (Double(total) * probability * (1 - probability)).squareRoot()
  return total > 0 && abs(Double(count) - Double(total) * probability) <= 6 * deviation
}

/// The largest sizes that are taken from outside, by whatever way they come: options, configuration keys, files of others.
///
/// They lie above what a machine can hold, and low enough that the products that Quill makes of them before it looks at the
/// memory fit 64 bits.
package enum SizeLimits {
  package static let layers = NumberRange.within(1...4096)
  package static let heads = NumberRange.within(1...65_536)
  package static let width = NumberRange.within(1...(1 << 20))
  package static let feedForwardWidth = NumberRange.within(1...(1 << 22))
  package static let context = NumberRange.within(1...(1 << 24))
  package static let vocabulary = NumberRange.within(1...(1 << 24))
  package static let batch = NumberRange.within(1...65_536)
  package static let accumulation = NumberRange.within(1...1_000_000)
  package static let steps = NumberRange.within(1...1_000_000_000_000)
  /// Steps, windows, tokens or bytes that a file says were counted.
  package static let counter = NumberRange.within(0...(1 << 60))
  /// The same where there is one at least, such as parameters.
  package static let count = NumberRange.within(1...counter.high)
  /// Training FLOPs of one run of a sweep: two Zen 4 cores would take 60 years.
  package static let runFLOPs = NumberRange.within(1...1e21)
  /// What is computed with as a floating-point number alone, such as the sizes of other people's tables.
  package static let quantity = NumberRange.above(0.0, atMost: 1e40)
  /// The same, or zero: losses and rates.
  package static let measure = NumberRange.within(0...quantity.high)
}

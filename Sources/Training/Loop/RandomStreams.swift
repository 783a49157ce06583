import Randomness

/// The keys of a run's random numbers: functions of the seed and of counters, so that nothing has to be stored.
struct RandomStreams {
  let seed: UInt64

  init(seed: Int) { self.seed = UInt64(seed) }

  /// For the initial weights.
  var initialization: UInt64 { SplitMix64.mix(seed, 0) }
  /// For the order of training windows.
  var order: UInt64 { SplitMix64.mix(seed, 1) }
  /// For the dropout masks of one pass.
  func dropout(step: Int, pass: Int) -> UInt64 {
    SplitMix64.mix(SplitMix64.mix(SplitMix64.mix(seed, 2), UInt64(step)), UInt64(pass))
  }
}

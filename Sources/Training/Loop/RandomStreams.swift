/// The keys of a run's random numbers: functions of the seed and of counters, so that nothing has to be stored.
struct RandomStreams {
  let seed: UInt64

  init(seed: Int) { self.seed = UInt64(seed) }

  /// For the initial weights.
  var initialization: UInt64 { Self.mix(seed, 0) }
  /// For the order of training windows.
  var order: UInt64 { Self.mix(seed, 1) }
  /// For the dropout masks of one pass.
  func dropout(step: Int, pass: Int) -> UInt64 {
    Self.mix(Self.mix(Self.mix(seed, 2), UInt64(step)), UInt64(pass))
  }

  /// A hash of two numbers: SplitMix64's finalizer (Steele, Lea & Flood 2014) of their combination.
  static func mix(_ a: UInt64, _ b: UInt64) -> UInt64 {
    var z = a &+ 0x9E37_79B9_7F4A_7C15 &* (b &+ 1)
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

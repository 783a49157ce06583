import CVector

/// The SHA-256 hash of a stream of bytes, in the processor's own instructions where it has them.
///
///     var hash = SHA256()
///     hash.update(bytes)
///     let digest = hash.finalize()          // 32 bytes
///     digest.hexadecimal                    // "e3b0c442…"
///
/// Source: FIPS 180-4, section 6.2.
package struct SHA256: Sendable {
  private var state: (UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32) = (
    0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19
  )
  /// The bytes of an unfinished block, at most 63 between calls.
  private var pending: [UInt8] = []
  private var byteCount: UInt64 = 0

  package init() { pending.reserveCapacity(64) }

  /// The hash of some bytes at once.
  package static func hash(_ bytes: UnsafeRawBufferPointer) -> Digest {
    var hash = SHA256()
    hash.update(bytes)
    return hash.finalize()
  }

  /// The hash of some bytes at once.
  package static func hash(_ bytes: [UInt8]) -> Digest { bytes.withUnsafeBytes { hash($0) } }

  package mutating func update(_ bytes: [UInt8]) { bytes.withUnsafeBytes { update($0) } }

  package mutating func update(_ bytes: UnsafeRawBufferPointer) {
    byteCount &+= UInt64(bytes.count)
    var rest = bytes[...]
    if !pending.isEmpty {
      let taken = rest.prefix(64 - pending.count)
      pending.append(contentsOf: taken)
      rest = rest[taken.endIndex...]
      guard pending.count == 64 else { return }
      pending.withUnsafeBytes { Self.compress($0, into: &state) }
      pending.removeAll(keepingCapacity: true)
    }
    let whole = rest.count / 64 * 64
    if whole > 0 { Self.compress(UnsafeRawBufferPointer(rebasing: rest.prefix(whole)), into: &state) }
    pending.append(contentsOf: rest.dropFirst(whole))
  }

  /// Ends the stream. The value must not be used afterwards.
  package mutating func finalize() -> Digest {
    let bitCount = byteCount &* 8
    var padding: [UInt8] = [0x80]
    let zeros = (120 - (pending.count + 1) % 64) % 64
    padding.append(contentsOf: repeatElement(0, count: zeros))
    withUnsafeBytes(of: bitCount.bigEndian) { padding.append(contentsOf: $0) }
    update(padding)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(32)
    withUnsafeBytes(of: state) { words in
      for word in words.bindMemory(to: UInt32.self) {
        withUnsafeBytes(of: word.bigEndian) { bytes.append(contentsOf: $0) }
      }
    }
    return Digest(bytes: bytes)
  }

  /// A finished hash: 32 bytes.
  package struct Digest: Sendable, Hashable, CustomStringConvertible {
    package let bytes: [UInt8]

    /// - Precondition: 32 bytes.
    package init(bytes: [UInt8]) {
      precondition(bytes.count == 32, "a SHA-256 digest has 32 bytes, found \(bytes.count)")
      self.bytes = bytes
    }

    /// Reads 64 lowercase hexadecimal digits; nil for anything else.
    package init?(hexadecimal text: some StringProtocol) {
      let digits = Array(text.utf8)
      guard digits.count == 64 else { return nil }
      var bytes: [UInt8] = []
      for index in stride(from: 0, to: 64, by: 2) {
        guard let high = Self.value(digits[index]), let low = Self.value(digits[index + 1]) else { return nil }
        bytes.append(high << 4 | low)
      }
      self.bytes = bytes
    }

    private static func value(_ digit: UInt8) -> UInt8? {
      switch digit {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
      default: nil
      }
    }

    /// 64 lowercase digits.
    package var hexadecimal: String {
      let digits = Array("0123456789abcdef".utf8)
      var text: [UInt8] = []
      for byte in bytes { text += [digits[Int(byte >> 4)], digits[Int(byte & 15)]] }
      return String(decoding: text, as: UTF8.self)
    }

    package var description: String { hexadecimal }
    /// The first eight digits and an ellipsis, for messages.
    package var short: String { hexadecimal.prefix(8) + "…" }
  }
}

extension SHA256 {
  /// The compression function over whole 64-byte blocks.
  static func compress(
    _ blocks: UnsafeRawBufferPointer,
    into state: inout (UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32)
  ) {
    // SAFETY: a tuple of eight words lies in memory as eight words; there are 64 constants.
    let isDone = withUnsafeMutableBytes(of: &state) { words in
      roundConstants.withUnsafeBufferPointer {
        quill_sha256_blocks(
          words.baseAddress!.assumingMemoryBound(to: UInt32.self), blocks.baseAddress!, blocks.count / 64,
          $0.baseAddress!)
      }
    }
    if isDone == 0 { compressPortably(blocks, into: &state) }
  }

  /// The same for any processor.
  ///
  /// The message schedule is a ring of 16 words: 64 would spill more and gain nothing.
  static func compressPortably(
    _ blocks: UnsafeRawBufferPointer,
    into state: inout (UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32)
  ) {
    // SAFETY: `blocks` holds a whole number of 64-byte blocks; `w` has 16 words indexed modulo 16; `k` has 64.
    roundConstants.withUnsafeBufferPointer { constants in
      withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 16) { ring in
        let k = constants.baseAddress!
        let w = ring.baseAddress!
        var start = blocks.baseAddress!
        let end = start + blocks.count
        var (h0, h1, h2, h3, h4, h5, h6, h7) = state
        while start < end {
          var (a, b, c, d, e, f, g, h) = (h0, h1, h2, h3, h4, h5, h6, h7)
          var t = 0
          while t < 64 {
            let word: UInt32
            if t < 16 {
              word = UInt32(bigEndian: start.loadUnaligned(fromByteOffset: t &* 4, as: UInt32.self))
            } else {
              let x = w[(t &- 15) & 15]
              let y = w[(t &- 2) & 15]
              let s0 = (x &>> 7 | x &<< 25) ^ (x &>> 18 | x &<< 14) ^ (x &>> 3)
              let s1 = (y &>> 17 | y &<< 15) ^ (y &>> 19 | y &<< 13) ^ (y &>> 10)
              word = w[t & 15] &+ s0 &+ w[(t &- 7) & 15] &+ s1
            }
            w[t & 15] = word
            let sum1 = (e &>> 6 | e &<< 26) ^ (e &>> 11 | e &<< 21) ^ (e &>> 25 | e &<< 7)
            let choice = g ^ (e & (f ^ g))
            let first = h &+ sum1 &+ choice &+ k[t] &+ word
            let sum0 = (a &>> 2 | a &<< 30) ^ (a &>> 13 | a &<< 19) ^ (a &>> 22 | a &<< 10)
            let majority = (a & b) | (c & (a | b))
            h = g
            g = f
            f = e
            e = d &+ first
            d = c
            c = b
            b = a
            a = first &+ sum0 &+ majority
            t &+= 1
          }
          h0 = h0 &+ a
          h1 = h1 &+ b
          h2 = h2 &+ c
          h3 = h3 &+ d
          h4 = h4 &+ e
          h5 = h5 &+ f
          h6 = h6 &+ g
          h7 = h7 &+ h
          start += 64
        }
        state = (h0, h1, h2, h3, h4, h5, h6, h7)
      }
    }
  }

  private static let roundConstants: [UInt32] = [
    0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4, 0xab1c_5ed5,
    0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe, 0x9bdc_06a7, 0xc19b_f174,
    0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f, 0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da,
    0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7, 0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967,
    0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc, 0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85,
    0xa2bf_e8a1, 0xa81a_664b, 0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070,
    0x19a4_c116, 0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
    0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7, 0xc671_78f2,
  ]
}

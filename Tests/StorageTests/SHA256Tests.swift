@testable import Storage
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(20))) struct SHA256Tests {
  /// The examples of FIPS 180-4 and its companion, and the empty message.
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
    (
      String(repeating: "a", count: 100_000), "6d1cf22d7cc09b085dfc25ee1a1f3ae0265804c607bc2074ad253bcc82fd81ee"
    ),
  ])
  func digestEqualsThePublishedOne(text: String, digest: String) {
    #expect(SHA256.hash(Array(text.utf8)).hexadecimal == digest)
  }

  /// The processor's instructions, where it has them, and the plain form: any state, any number of blocks.
  @Test(arguments: FreshSeed.some(4))
  func bothFormsCompressAlike(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    for count in [1, 2, 3, 17] {
      let blocks = (0..<64 * count).map { _ in UInt8.random(in: 0...255, using: &random) }
      func word() -> UInt32 { UInt32.random(in: 0...(.max), using: &random) }
      let start = (word(), word(), word(), word(), word(), word(), word(), word())
      var (fast, plain) = (start, start)
      blocks.withUnsafeBytes {
        SHA256.compress($0, into: &fast)
        SHA256.compressPortably($0, into: &plain)
      }
      let isSame = withUnsafeBytes(of: fast) { fast in withUnsafeBytes(of: plain) { fast.elementsEqual($0) } }
      #expect(isSame, "\(count) blocks, seed \(seed)")
    }
  }

  @Test func chunksGiveTheDigestOfTheWhole() {
    var random = SeededGenerator(seed: 1)
    let bytes = (0..<1000).map { _ in UInt8.random(in: 0...255, using: &random) }
    for chunk in [1, 3, 55, 56, 63, 64, 65, 127, 128, 999] {
      var hash = SHA256()
      var rest = bytes[...]
      while !rest.isEmpty {
        hash.update(Array(rest.prefix(chunk)))
        rest = rest.dropFirst(chunk)
      }
      #expect(hash.finalize() == SHA256.hash(bytes), "chunks of \(chunk)")
    }
  }

  @Test func everyLengthUpToThreeBlocksIsPadded() throws {
    guard findProgram("sha256sum") != nil else { return }
    try withTemporaryFolder { folder in
      let bytes = (0..<192).map { UInt8($0) }
      for count in 0..<192 {
        try AtomicFile.write(folder.appending("f\(1000 + count)"), Array(bytes.prefix(count)))
      }
      let output = try #require(try runProgram("sh", ["-c", "sha256sum f*"], in: folder)).output
      let expected = String(decoding: output, as: UTF8.self).split(separator: "\n").map { $0.prefix(64) }
      for count in 0..<192 {
        #expect(SHA256.hash(Array(bytes.prefix(count))).hexadecimal == expected[count], "\(count) bytes")
      }
    }
  }

  @Test func hexadecimalIsReadBack() {
    let digest = SHA256.hash([1, 2, 3])
    #expect(SHA256.Digest(hexadecimal: digest.hexadecimal) == digest)
    #expect(SHA256.Digest(hexadecimal: digest.hexadecimal.dropLast()) == nil)
    #expect(SHA256.Digest(hexadecimal: "x" + digest.hexadecimal.dropFirst()) == nil)
  }
}

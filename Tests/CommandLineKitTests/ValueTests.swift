import Testing

@testable import CommandLineKit

@Suite(.timeLimit(.minutes(20))) struct ValueTests {
  @Test(arguments: [
    ("0", 0), ("500", 500), ("500k", 500_000), ("10MB", 10_000_000), ("4MiB", 4_194_304), ("1.5kb", 1500),
    ("2Gi", 2_147_483_648), ("1_000", 1000),
  ])
  func sizesAreRead(_ text: String, _ bytes: Int) {
    #expect(ByteCount(argument: text)?.bytes == bytes)
  }

  @Test(arguments: ["", "MB", "-1", "1x", "1 MB", "1..5", "99999999999T", ".", "١"])
  func whatIsNoSizeIsRejected(_ text: String) {
    #expect(ByteCount(argument: text) == nil)
  }

  @Test(arguments: [
    ("90", 90.0), ("90s", 90), ("1.5m", 90), ("1h30m", 5400), ("250ms", 0.25), ("1d", 86_400),
  ])
  func durationsAreRead(_ text: String, _ seconds: Double) {
    // Attoseconds hold every one of these exactly; the conversion to Double rounds once.
    #expect(Duration(argument: text)?.inSeconds == seconds)
  }

  @Test(arguments: ["", "s", "-5", "5 s", "5x", "nan", "inf", "h1"])
  func whatIsNoDurationIsRejected(_ text: String) {
    #expect(Duration(argument: text) == nil)
  }

  @Test(arguments: ["", "_", "1_", "_1", "1.5", "0x10", "99999999999999999999", "٣"])
  func whatIsNoWholeNumberIsRejected(_ text: String) {
    #expect(Int(argument: text) == nil)
  }
}

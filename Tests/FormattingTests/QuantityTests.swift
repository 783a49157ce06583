import Testing

@testable import Formatting

@Suite(.timeLimit(.minutes(20))) struct QuantityTests {
  @Test(arguments: [
    (0.0, "0"), (999, "999"), (1000, "1.00k"), (1_525_056, "1.53M"), (99_960, "100k"), (2.4e15, "2.40P"),
    (0.5, "0.50"),
  ])
  func quantitiesHaveThreeDigits(value: Double, text: String) { #expect(Quantity.short(value) == text) }

  @Test(arguments: [
    (0.04, "0.0 s"), (9.96, "10 s"), (59.4, "59 s"), (185, "3 min 05 s"), (7625, "2 h 07 min"),
    (273_600, "3 d 04 h"),
    (.infinity, "?"), (.nan, "?"),
  ])
  func durationsAreReadable(seconds: Double, text: String) { #expect(Quantity.duration(seconds) == text) }

  @Test func bytesCarryTheirUnit() {
    #expect(Quantity.bytes(0) == "0 B")
    #expect(Quantity.bytes(512) == "512 B")
    #expect(Quantity.bytes(12_300_000) == "12.3 MB")
  }
}

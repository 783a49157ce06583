import Foundation
import Storage
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(20))) struct MutatorTests {
  static let text = Array(#"{"layers": 12, "name": "a small example", "values": [1, 2.5, null, true]}"#.utf8)

  static func mutated(_ number: Int, seed: UInt64 = 1) -> [UInt8] {
    var mutator = Mutator(seed: seed, number: number)
    return mutator.mutate(text)
  }

  @Test func equalSeedsAndNumbersGiveEqualDamage() {
    for number in 0..<200 { #expect(Self.mutated(number) == Self.mutated(number)) }
    #expect(Set((0..<200).map { Self.mutated($0) }).count > 150)
    #expect((0..<50).contains { Self.mutated($0) != Self.mutated($0, seed: 2) })
  }

  /// Each kind of damage that a reader must stand.
  @Test func everyKindOfDamageOccurs() {
    let cases = (0..<2_000).map { Self.mutated($0) }
    #expect(cases.contains { $0.count < Self.text.count / 2 })
    #expect(cases.contains { $0.count > 20_000 })
    #expect(cases.contains { String(validating: $0, as: UTF8.self) == nil })
    #expect(cases.contains { String(decoding: $0, as: UTF8.self).contains("9223372036854775808") })
    #expect(
      cases.contains { $0.count == Self.text.count && $0 != Self.text && $0.sorted() == Self.text.sorted() })
    #expect(!cases.contains(Self.text) || cases.count { $0 == Self.text } < 200)
  }

  @Test func theEmptyInputIsMutatedToo() {
    for number in 0..<100 {
      var mutator = Mutator(seed: 1, number: number)
      _ = mutator.mutate([])
    }
  }

  @Test func aCampaignReportsErrorsThatAreNotOfItsKinds() throws {
    struct Stranger: Error {}
    let campaign = MutationCampaign("campaign-test")
    let outcome = try campaign.run(refusingWith: [.badData]) { _, number in
      if number % 2 == 1 { throw QuillError(.badData, at: "", "") }
      if number == 4 { throw QuillError(.internal, at: "", "") }
      if number == 8 { throw Stranger() }
      #expect(FileManager.default.fileExists(atPath: campaign.recordPath))
    }
    guard campaign.numbers.count > 8 else { return }
    #expect(outcome.failures.count == 2 && outcome.refusedCount == campaign.numbers.count / 2)
    #expect(outcome.failures[0].contains("QUILL_MUTATION=4 "))
    #expect(!FileManager.default.fileExists(atPath: campaign.recordPath))
  }
}

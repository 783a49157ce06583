import Foundation
import Readers
import TestSupport
import Testing

/// Damaged input is read or refused: no reader crashes, hangs, takes much memory or throws what a user cannot understand.
@Suite(.timeLimit(.minutes(20)), .serialized) struct MutationTests {
  @Test(arguments: Reader.all)
  func damagedInputIsReadOrRefused(by reader: Reader) throws {
    try withTemporaryFolder { folder in
      let example = try ReaderExample(reader, in: folder)
      let campaign = MutationCampaign(reader.name)
      let outcome = try campaign.run(refusingWith: reader.kinds) { mutator, number in
        let index = number % example.files.count
        try example.read(replacing: index, by: mutator.mutate(example.files[index].content))
      }
      for failure in outcome.failures { Issue.record("\(failure)") }
      let growth = outcome.memoryGrowth
      #expect(growth <= MutationCampaign.memoryLimit, "\(reader.name) took \(growth >> 20) MiB")
      // Damage that no reader ever notices would say nothing about it.
      if campaign.numbers.count >= 1_000 { #expect(outcome.refusedCount * 5 >= campaign.numbers.count) }
      print(
        "\(reader.name): \(outcome.acceptedCount) accepted, \(outcome.refusedCount) refused, slowest",
        String(format: "%.3f s, memory +%d MiB", outcome.slowest, growth >> 20))
    }
  }
}

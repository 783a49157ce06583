import Foundation
import Storage
import TestSupport
import Testing
import Tokenization

@testable import Sampling

@Suite(.timeLimit(.minutes(20))) struct BeamSearchTests {
  private static let pieces = ["a", "b", "c", "d", ""]
  private static let tokenizer = PieceTokenizer(pieces, bounds: TextBounds(ends: [4]))

  /// A model of five tokens, the last of which ends a text, with random logits.
  private func model(_ seed: UInt64) -> TableModel {
    var random = SeededGenerator(seed: seed)
    return TableModel(
      capacity: 64, rows: (0..<5).map { _ in (0..<5).map { _ in Float(random.next() % 3000) / 1000 } })
  }

  private func logProbabilities(_ model: TableModel, after token: Int32) -> [Double] {
    model.truncate(to: 0)
    let x = model.append([token]).map(Double.init)
    let total = log(x.reduce(0) { $0 + exp($1) })
    return x.map { Double(Float($0 - total)) }
  }

  /// Every text of at most `count` tokens, with its score.
  private func all(_ model: TableModel, after prompt: Int32, count: Int) -> [(tokens: [Int32], score: Double)] {
    var texts: [(tokens: [Int32], score: Double)] = []
    func extend(_ tokens: [Int32], _ sum: Double) {
      if tokens.count == count {
        texts.append((tokens, sum / Double(count)))
        return
      }
      let next = logProbabilities(model, after: tokens.last ?? prompt)
      for token in Int32(0)..<5 {
        let total = sum + next[Int(token)]
        if token == 4 {
          texts.append((tokens, total / Double(tokens.count + 1)))
        } else {
          extend(tokens + [token], total)
        }
      }
    }
    extend([], 0)
    return texts
  }

  private func search(
    _ model: TableModel, beams: Int, count: Int, _ settings: SamplingSettings = SamplingSettings(),
    stops: [String] = []
  ) throws -> Generation {
    try BeamSearch(
      RefedBeams(model), tokenizer: Self.tokenizer, settings: settings, beamCount: beams, stops: stops
    ).generate(after: [0], count: count)
  }

  /// With as many beams as there are texts, the best text of all is found. (A log-probability is a float below 16 in magnitude;
  /// sums in another order may round it to its neighbour, 2⁻²⁰ away. So near are ties, which these seeds have none of.)
  @Test(arguments: UInt64(1)...20) func enoughBeamsFindTheBestText(seed: UInt64) throws {
    let model = model(seed)
    for count in 1...4 {
      let best = all(model, after: 0, count: count).max { $0.score < $1.score }!
      let found = try search(model, beams: 400, count: count)
      #expect(found.tokens == best.tokens, "seed \(seed), \(count) tokens")
      #expect(abs(found.score! - best.score) <= 0x1p-20)
      #expect(found.ending == (best.tokens.count == count ? .length : .endOfText))
    }
  }

  /// The search written as Hugging Face's loop is: all scores of all beams in one sorted list.
  private func plain(_ model: TableModel, beams: Int, count: Int) -> (tokens: [Int32], score: Double) {
    var running: [(tokens: [Int32], sum: Double)] = [([], 0)]
    var finished: [(tokens: [Int32], score: Double)] = []
    func finish(_ tokens: [Int32], _ score: Double) {
      finished.append((tokens, score))
      finished.sort { $0.score > $1.score }
      if finished.count > beams { finished.removeLast() }
    }
    for length in 1...count {
      let scored = running.flatMap { beam -> [(tokens: [Int32], sum: Double)] in
        let next = logProbabilities(model, after: beam.tokens.last ?? 0)
        return (0..<5).map { (beam.tokens + [Int32($0)], beam.sum + next[$0]) }
      }.sorted { $0.sum > $1.sum }.prefix(2 * beams)
      running = []
      for (rank, candidate) in scored.enumerated() where running.count < beams {
        if candidate.tokens.last == 4 {
          if rank < beams { finish(Array(candidate.tokens.dropLast()), candidate.sum / Double(length)) }
        } else {
          running.append(candidate)
        }
      }
      if finished.count == beams, finished.last!.score >= scored.first!.sum / Double(length) {
        return finished[0]
      }
    }
    for beam in running { finish(beam.tokens, beam.sum / Double(count)) }
    return finished[0]
  }

  @Test(arguments: UInt64(1)...20, [1, 2, 3, 5]) func theSearchIsHuggingFaces(seed: UInt64, beams: Int) throws {
    let model = model(seed)
    let expected = plain(model, beams: beams, count: 9)
    let found = try search(model, beams: beams, count: 9)
    #expect(found.tokens == expected.tokens, "seed \(seed)")
    #expect(abs(found.score! - expected.score) <= 0x1p-20)
    #expect(try search(model, beams: beams, count: 9).tokens == found.tokens)
  }

  /// What feeding anew leaves out is exact: the same logits as of a text fed whole.
  @Test func refedBeamsGiveTheLogitsOfEverySequence() {
    let model = TableModel.chain([1, 2, 3, 4, 0])
    let beams = RefedBeams(model)
    for sequences in [[[0], [0, 1]], [[0, 1, 2], [0, 3], [0, 1, 2]], [[4]]] as [[[Int32]]] {
      let found = beams.logits(after: sequences)
      for (sequence, logits) in pairs(sequences, found) {
        #expect(logits.firstIndex(of: 0) == Int(sequence.last! + 1) % 5)
      }
    }
    #expect(model.cache == [4])
  }

  @Test func bansAndStopStringsHoldForBeams() throws {
    for seed in UInt64(1)...10 {
      let model = model(seed)
      let free = try search(model, beams: 3, count: 8)
      guard free.text.count >= 2 else { continue }
      let pair = String(free.text.prefix(2))
      let banned = try search(model, beams: 3, count: 8, SamplingSettings(bannedStrings: [pair]))
      #expect(!("a" + banned.text).contains(pair), "seed \(seed)")
      let stopped = try search(model, beams: 3, count: 8, stops: [pair])
      #expect(!stopped.text.contains(pair), "seed \(seed)")
    }
  }

  @Test func aTextThatDoesNotFitIsAUsageError() throws {
    let error = #expect(throws: QuillError.self) { try search(model(1), beams: 2, count: 65) }
    #expect(error?.kind == .usage)
    #expect(try search(model(1), beams: 2, count: 64).score != nil)
  }

  @Test func logitsThatAreNoNumbersAreAnError() {
    let broken = TableModel(capacity: 4, rows: Array(repeating: [.nan, 0, 0, 0, 0], count: 5))
    let error = #expect(throws: QuillError.self) { try search(broken, beams: 2, count: 2) }
    #expect(error?.kind == .badData)
  }
}

import Compute
import Foundation
import Sampling
import Storage
import TestSupport
import Testing
import Tokenization
import Transformer

/// Beam search with real models against `generate(num_beams=…)` of transformers (Goldens/make_beam_goldens.py).
@Suite(.timeLimit(.minutes(20))) struct BeamGoldenTests {
  /// Logits agree with PyTorch's to 1e-5 of the largest, which is below 30 here; a log-probability is off by twice as much, and
  /// so is a mean of them.
  @Test func theTextsAreThoseOfTransformers() throws {
    let here = URL(filePath: #filePath).deletingLastPathComponent()
    let goldens = try [JSONNode](json: JSONNode(file: here.appending(path: "Goldens/beams.json").path))
    #expect(goldens.count == 48)
    for golden in goldens {
      let name: String = try golden.value("model")
      let folder = here.appending(path: "../TransformerTests/Goldens/\(name)").standardized.path
      let model = try ModelFolder(folder).model(weights: .fp32, pool: startedPool(threadCount: 1))
      func ids(_ key: String) throws -> [Int32] { try golden.value(key, as: [Int].self).map { Int32($0) } }
      let tokenizer = PieceTokenizer(
        (0..<model.configuration.vocabularySize).map { "<\($0)>" }, bounds: TextBounds(ends: try ids("ends")))
      let search = BeamSearch(
        RefedBeams(Decoder(model: model)), tokenizer: tokenizer, beamCount: try golden.value("beams"))
      let found = try search.generate(after: try ids("prompt"), count: try golden.value("count"))
      #expect(found.tokens == (try ids("tokens")), "\(golden.value.compactText)")
      if let score = try golden.valueIfPresent("score", as: Double.self) {
        #expect(abs(found.score! - score) <= 6e-4, "\(golden.value.compactText)")
      }
    }
  }
}

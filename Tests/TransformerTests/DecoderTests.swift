import Compute
import Dispatch
import Synchronization
import TestSupport
import Testing
import Transformer

@Suite(.timeLimit(.minutes(20))) struct DecoderTests {
  /// However the tokens are cut into calls, the cache must give what one forward pass over all of them gives.
  @Test(arguments: ModelShape.all, [1, 2, 13, 1000])
  func cachedLogitsEqualTheFullForwardPass(shape: ModelShape, chunk: Int) {
    let parameters = ReferenceTransformer<Float>.randomParameters(shape.configuration, seed: shape.seed)
    let tokens = Array(shape.tokens().inputs.prefix(shape.length))
    let reference = ReferenceTransformer(shape.configuration, parameters: parameters.map(Double.init))
    let all = reference.forward(tokens, tokens, length: tokens.count).logits
    let vocabulary = shape.configuration.vocabularySize
    let found = FastModel(shape.configuration, parameters: parameters).logits(tokens, chunk: chunk)
    for (piece, logits) in found.enumerated() {
      let last = min((piece + 1) * chunk, tokens.count) - 1
      let expected = all[last * vocabulary..<(last + 1) * vocabulary]
      #expect(relativeError(logits, expected) < FastModelTests.logitTolerance, "\(shape), token \(last)")
    }
  }

  @Test func truncatingForgetsWhatCameAfter() {
    let shape = ModelShape.all[7]
    let parameters = ReferenceTransformer<Float>.randomParameters(shape.configuration, seed: shape.seed)
    let model = FastModel(shape.configuration, parameters: parameters).model
    let decoder = Decoder(model: model)
    _ = decoder.append([1, 2, 3, 4, 5])
    decoder.truncate(to: 2)
    #expect(decoder.position == 2)
    let found = decoder.logits([6, 7])
    let expected = Decoder(model: model).logits([1, 2, 6, 7])
    #expect(relativeError(found, expected) < 1e-6)
  }

  /// Two texts at a time, on two threads, of a model whose products go to its pool: each is what it is alone.
  @Test(arguments: ModelConfiguration.Family.allCases, Precision.allCases)
  func twoDecodersOfOneModelDoNotDisturbEachOther(family: ModelConfiguration.Family, precision: Precision) {
    let configuration = ModelConfiguration(
      family: family, layerCount: 2, headCount: 4, width: 128, contextLength: 64, vocabularySize: 509)
    let parameters = ReferenceTransformer<Float>.randomParameters(configuration, seed: 11)
    let model = FastModel(configuration, parameters: parameters, precision: precision).model
    let texts = (UInt64(0)..<2).map { seed in
      var random = SeededGenerator(seed: seed)
      return random.tokens(configuration.contextLength, below: configuration.vocabularySize)
    }
    // A prompt, then token by token.
    @Sendable func logits(_ text: [Int32]) -> [Float] {
      let decoder = Decoder(model: model)
      return decoder.logits(Array(text.prefix(24))) + text.dropFirst(24).flatMap { decoder.logits([$0]) }
    }
    let alone = texts.map(logits)
    let differences = Mutex<[String]>([])
    DispatchQueue.concurrentPerform(iterations: 2) { index in
      for _ in 0..<5 {
        guard let difference = firstDifference(logits(texts[index]), alone[index]) else { continue }
        differences.withLock { $0.append("text \(index): \(difference)") }
      }
    }
    #expect(differences.withLock { $0 } == [])
  }

  @Test func theWholeContextFits() {
    let shape = ModelShape.all[8]
    let parameters = ReferenceTransformer<Float>.randomParameters(shape.configuration, seed: shape.seed)
    let decoder = Decoder(model: FastModel(shape.configuration, parameters: parameters).model)
    let logits = decoder.logits(Array(0..<Int32(decoder.capacity)))
    #expect(decoder.position == shape.configuration.contextLength)
    #expect(logits.allSatisfy { $0.isFinite })
  }
}

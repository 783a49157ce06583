import Compute
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

  @Test func theWholeContextFits() {
    let shape = ModelShape.all[8]
    let parameters = ReferenceTransformer<Float>.randomParameters(shape.configuration, seed: shape.seed)
    let decoder = Decoder(model: FastModel(shape.configuration, parameters: parameters).model)
    let logits = decoder.logits(Array(0..<Int32(decoder.capacity)))
    #expect(decoder.position == shape.configuration.contextLength)
    #expect(logits.allSatisfy { $0.isFinite })
  }
}

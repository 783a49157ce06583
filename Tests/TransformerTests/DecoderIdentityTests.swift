import Compute
import TestSupport
import Testing
import Transformer

/// A token's logits are a function of the tokens before it: the same bits however those came, in every format of weights and
/// of the cache.
@Suite(.timeLimit(.minutes(20))) struct DecoderIdentityTests {
  /// Logits `(T, V)` of one text, token by token on one thread.
  private func oneByOne(_ tokens: [Int32], _ model: Model, _ cache: CacheFormat) -> [UInt32] {
    let decoder = Decoder(model: model, cache: cache)
    return tokens.flatMap { decoder.logits([$0]).map(\.bitPattern) }
  }

  private func tokens(_ shape: ModelShape, _ count: Int, seed: UInt64) -> [Int32] {
    var random = SeededGenerator(seed: seed)
    return (0..<count).map { _ in
      Int32.random(in: 0..<Int32(shape.configuration.vocabularySize), using: &random)
    }
  }

  @Test(arguments: ModelShape.all, WeightFormat.allCases)
  func promptsThreadsAndNeighboursChangeNoBit(shape: ModelShape, weights: WeightFormat) {
    let parameters = ReferenceTransformer<Float>.randomParameters(shape.configuration, seed: shape.seed)
    let vocabulary = shape.configuration.vocabularySize
    let length = min(shape.configuration.contextLength, 71)
    let texts = (0..<9).map { tokens(shape, length, seed: shape.seed + UInt64($0)) }
    let lone = FastModel(shape.configuration, parameters: parameters, weights: weights, threadCount: 1).model
    for cache in CacheFormat.allCases {
      let expected = texts.map { oneByOne($0, lone, cache) }
      for threadCount in [1, 2, 3, 5] {
        let model = FastModel(
          shape.configuration, parameters: parameters, weights: weights, threadCount: threadCount
        ).model
        for chunk in [2, 7, 13, length] {
          let decoder = Decoder(model: model, cache: cache)
          let found = stride(from: 0, to: length, by: chunk).flatMap { first in
            let piece = Array(texts[0][first..<min(length, first + chunk)])
            return decoder.append(piece, logitCount: piece.count, to: 0).map(\.bitPattern)
          }
          #expect(
            firstDifference(found, expected[0]) == nil,
            "\(shape), \(weights), \(cache), \(threadCount) threads, \(chunk) at once")
        }
        // Nine texts at a time, more than are few.
        let decoder = Decoder(model: model, sequenceCount: texts.count, cache: cache)
        for position in 0..<length {
          let found = decoder.step(texts.map { $0[position] }, of: nil).map(\.bitPattern)
          let wanted = expected.flatMap { $0[position * vocabulary..<(position + 1) * vocabulary] }
          #expect(
            firstDifference(found, wanted) == nil,
            "\(shape), \(weights), \(cache), \(threadCount) threads, texts side by side")
        }
      }
    }
  }

  /// Texts that part after a common beginning, and one that is taken back and written anew.
  @Test(arguments: WeightFormat.allCases, CacheFormat.allCases)
  func copiedAndShortenedTextsGoOnAsIfAlone(weights: WeightFormat, cache: CacheFormat) {
    let shape = ModelShape.all[7]
    let parameters = ReferenceTransformer<Float>.randomParameters(shape.configuration, seed: shape.seed)
    let model = FastModel(shape.configuration, parameters: parameters, weights: weights).model
    let vocabulary = shape.configuration.vocabularySize
    let common = tokens(shape, 11, seed: 1)
    let endings = (0..<3).map { tokens(shape, 6, seed: 2 + UInt64($0)) }
    let expected = endings.map { Array(oneByOne(common + $0, model, cache).suffix(6 * vocabulary)) }

    let decoder = Decoder(model: model, sequenceCount: 3, cache: cache)
    _ = decoder.append(common + [3, 4])
    decoder.truncate(to: common.count)
    decoder.copy(0, to: 0..<3)
    #expect(decoder.positions == [11, 11, 11])
    for position in 0..<6 {
      let found = decoder.step(endings.map { $0[position] }, of: nil).map(\.bitPattern)
      #expect(found == expected.flatMap { $0[position * vocabulary..<(position + 1) * vocabulary] })
    }
    decoder.truncate(to: 12, of: 0)
    let again = endings[0].dropFirst().flatMap { decoder.logits([$0]).map(\.bitPattern) }
    #expect(again == Array(expected[0].dropFirst(vocabulary)))
  }

  /// The cache grows past its first 2,048 positions, and nothing is lost.
  @Test(arguments: CacheFormat.allCases)
  func aLongTextOutgrowsTheFirstMemory(cache: CacheFormat) {
    let configuration = ModelConfiguration(
      family: .llama, layerCount: 1, headCount: 2, width: 8, contextLength: 5_000, vocabularySize: 11)
    let parameters = ReferenceTransformer<Float>.randomParameters(configuration, seed: 4)
    let model = FastModel(configuration, parameters: parameters, weights: .bf16).model
    let shape = ModelShape(name: "long", configuration: configuration, batchSize: 1, length: 1)
    let text = tokens(shape, 2_100, seed: 6)
    let whole = Decoder(model: model, cache: cache)
    let expected = whole.logits(text)
    let pieces = Decoder(model: model, cache: cache)
    _ = pieces.logits(Array(text.prefix(2_047)))
    #expect(pieces.logits(Array(text.dropFirst(2_047))) == expected)
  }

  /// 8 bits change logits as much as the roundings of weights and of products' inputs do.
  ///
  /// Measured in Double: with all matrices rounded as documented, results move by some distance d. A product's other operand
  /// is rounded as finely and independently, so that √2 · d is expected; the bound is twice as much, since the shapes have
  /// few numbers and norms over few channels magnify what comes into them.
  @Test(arguments: ModelShape.all)
  func eightBitsStayWithinTheirRoundings(shape: ModelShape) {
    let parameters = ReferenceTransformer<Float>.randomParameters(shape.configuration, seed: shape.seed)
    let tokens = Array(shape.tokens().inputs.prefix(shape.length))
    func logits(_ parameters: [Double]) -> [Double] {
      ReferenceTransformer(shape.configuration, parameters: parameters)
        .forward(tokens, tokens, length: tokens.count).logits
    }
    let exact = logits(parameters.map(Double.init))
    let model = FastModel(shape.configuration, parameters: parameters, weights: .int8)
    let found = model.logits(tokens, chunk: 1).joined()

    var squares = 0.0
    var random = SeededGenerator(seed: shape.seed)
    for _ in 0..<4 {
      var moved = parameters.map(Double.init)
      for tensor in model.model.layout.tensors
      where tensor.shape.count == 2 && tensor.name != "transformer.wpe.weight" {
        for first in stride(from: tensor.offset, to: tensor.range.upperBound, by: tensor.shape[1]) {
          for group in stride(from: first, to: first + tensor.shape[1], by: 64) {
            let range = group..<min(group + 64, first + tensor.shape[1])
            let half = range.reduce(0) { max($0, abs(moved[$1])) } / 254
            for index in range { moved[index] += Double.random(in: -half...half, using: &random) }
          }
        }
      }
      let distance = relativeDistance(logits(moved).map(Float.init), exact)
      squares += distance * distance
    }
    #expect(
      relativeDistance(found, exact[...]) < 2 * (2 * squares / 4).squareRoot(), "\(shape)")
  }
}

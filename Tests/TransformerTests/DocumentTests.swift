import Compute
import TestSupport
import Testing
import Transformer

/// Training steps on windows that span documents.
@Suite(.timeLimit(.minutes(20))) struct DocumentTests {
  @Test(arguments: ModelShape.all)
  func fp32AgreesWithTheReference(shape: ModelShape) {
    let parameters = ReferenceTransformer<Float>.randomParameters(shape.configuration, seed: shape.seed)
    let reference = ReferenceTransformer(shape.configuration, parameters: parameters.map(Double.init))
    let (inputs, targets) = shape.tokens()
    let starts = Self.starts(shape)
    let pass = reference.forward(inputs, targets, length: shape.length, documentStarts: starts)
    let gradients = reference.backward(pass)
    let model = FastModel(shape.configuration, parameters: parameters)
    let found = model.differentiate(inputs, targets, length: shape.length, documentStarts: starts)
    #expect(relativeError(found.losses, pass.losses) < FastModelTests.logitTolerance, "\(shape)")
    for tensor in model.model.layout.tensors {
      let error = relativeError(found.gradients[tensor.range], gradients[tensor.range])
      #expect(error < FastModelTests.gradientTolerance, "\(shape): \(tensor.name)")
    }
    let evaluated = model.evaluate(inputs, targets, length: shape.length, documentStarts: starts)
    #expect(relativeError(evaluated.losses, found.losses) < 1e-6, "\(shape)")
  }

  /// Other tokens in one document leave every bit of another one's losses as it was.
  @Test(arguments: ModelShape.all.filter { $0.length > 8 }, Precision.allCases)
  func documentsDoNotSeeEachOther(shape: ModelShape, precision: Precision) {
    let parameters = ReferenceTransformer<Float>.randomParameters(shape.configuration, seed: shape.seed)
    let model = FastModel(shape.configuration, parameters: parameters, precision: precision)
    let (inputs, targets) = shape.tokens()
    let cut = 5
    let window = documentStarts(cutAt: [cut], length: shape.length)
    let starts = (0..<shape.batchSize).flatMap { _ in window }
    var changed = inputs
    for row in changed.indices where row % shape.length < cut {
      changed[row] = (changed[row] + 1) % Int32(shape.configuration.vocabularySize)
    }
    func tail(_ inputs: [Int32], _ starts: [Int32]?) -> [Float] {
      let losses = model.evaluate(inputs, targets, length: shape.length, documentStarts: starts).losses
      return losses.indices.filter { $0 % shape.length >= cut }.map { losses[$0] }
    }
    #expect(firstDifference(tail(changed, starts), tail(inputs, starts)) == nil, "\(shape)")
    #expect(firstDifference(tail(changed, nil), tail(inputs, nil)) != nil, "\(shape)")
  }

  @Test(arguments: ModelShape.all, Precision.allCases)
  func oneDocumentGivesTheBitsOfNoDocumentsAndThreadsChangeNone(shape: ModelShape, precision: Precision) {
    let parameters = ReferenceTransformer<Float>.randomParameters(shape.configuration, seed: shape.seed)
    let (inputs, targets) = shape.tokens()
    func result(_ starts: [Int32]?, threadCount: Int) -> FastModel.Result {
      FastModel(shape.configuration, parameters: parameters, precision: precision, threadCount: threadCount)
        .differentiate(inputs, targets, length: shape.length, documentStarts: starts)
    }
    let zeros = [Int32](repeating: 0, count: inputs.count)
    for (found, expected) in [
      (result(zeros, threadCount: 2), result(nil, threadCount: 2)),
      (result(Self.starts(shape), threadCount: 3), result(Self.starts(shape), threadCount: 1)),
    ] {
      #expect(firstDifference(found.losses, expected.losses) == nil, "\(shape)")
      #expect(firstDifference(found.gradients, expected.gradients) == nil, "\(shape)")
    }
  }

  private static func starts(_ shape: ModelShape) -> [Int32] {
    var random = SeededGenerator(seed: shape.seed)
    return random.documentStarts(windows: shape.batchSize, length: shape.length)
  }
}

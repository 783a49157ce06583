import Compute
import TestSupport
import Testing
import Transformer

/// The fast fp32 model against PyTorch's numbers and against the reference in Double.
///
/// Errors are relative to the largest element of a tensor (`relativeError`).
@Suite(.timeLimit(.minutes(20))) struct FastModelTests {
  /// The promise is 1e-4 for logits and 1e-3 for gradients; fp32 sums of some hundred terms leave 5e-7 and 8e-6 on these
  /// shapes, so a tenth of the promise still has room for other orders of summation.
  static let logitTolerance = 1e-5
  static let gradientTolerance = 1e-4

  @Test(arguments: Golden.all)
  func fp32EqualsPyTorch(golden: Golden) throws {
    let checkpoint = try HuggingFaceFolder.load(golden.folder)
    let model = FastModel(checkpoint.configuration, parameters: checkpoint.parameters.values)
    let layout = model.model.layout
    let expected = try golden.results(layout)
    let vocabulary = checkpoint.configuration.vocabularySize

    for window in 0..<expected.inputs.count / expected.length {
      let tokens = Array(expected.inputs[window * expected.length..<(window + 1) * expected.length])
      let start = window * expected.length * vocabulary
      let logits = expected.logits[start..<start + expected.length * vocabulary]
      #expect(relativeError(model.logits(tokens).joined(), logits) < Self.logitTolerance)
      #expect(
        relativeError(model.logits(tokens, chunk: expected.length)[0], logits.suffix(vocabulary))
          < Self.logitTolerance)
    }
    let found = model.differentiate(expected.inputs, expected.targets, length: expected.length)
    #expect(relativeError(found.losses, expected.losses) < Self.logitTolerance)
    #expect(abs(found.loss - Double(expected.loss)) < Self.logitTolerance * Double(expected.loss))
    for tensor in layout.tensors {
      let error = relativeError(found.gradients[tensor.range], expected.gradients[tensor.name]!)
      #expect(error < Self.gradientTolerance, "\(tensor.name)")
    }
  }

  @Test(arguments: Golden.all)
  func greedyContinuationEqualsPyTorch(golden: Golden) throws {
    let checkpoint = try HuggingFaceFolder.load(golden.folder)
    let model = FastModel(checkpoint.configuration, parameters: checkpoint.parameters.values)
    let expected = try golden.results(model.model.layout)
    let decoder = Decoder(model: model.model)
    var logits = decoder.logits(Array(expected.inputs.prefix(3)))
    var found: [Int32] = []
    while found.count < expected.greedy.count {
      found.append(Int32(logits.indices.max { logits[$0] < logits[$1] }!))
      if found.count < expected.greedy.count { logits = decoder.logits([found.last!]) }
    }
    #expect(found == expected.greedy)
  }

  @Test(arguments: ModelShape.all)
  func fp32AgreesWithTheReference(shape: ModelShape) {
    let (model, pass, reference) = both(shape, precision: .fp32)
    let found = model.differentiate(pass.inputs, pass.targets, length: pass.length, scale: 2)
    let gradients = reference.backward(pass, scale: 2)
    #expect(relativeError(found.losses, pass.losses) < Self.logitTolerance, "\(shape)")
    for tensor in model.model.layout.tensors {
      let error = relativeError(found.gradients[tensor.range], gradients[tensor.range])
      #expect(error < Self.gradientTolerance, "\(shape): \(tensor.name)")
    }
    #expect(paddingIsZero(found.gradients, model.model.layout), "\(shape): gradients leak into the padding")
  }

  @Test(arguments: ModelShape.all)
  func evaluationEqualsTheForwardPassOfTraining(shape: ModelShape) {
    let (model, pass, _) = both(shape, precision: .fp32)
    let evaluated = model.evaluate(pass.inputs, pass.targets, length: pass.length)
    let trained = model.differentiate(pass.inputs, pass.targets, length: pass.length)
    #expect(relativeError(evaluated.losses, trained.losses) < 1e-6, "\(shape)")
    #expect(evaluated.losses.indices.allSatisfy { pass.targets[$0] >= 0 || evaluated.losses[$0] == 0 })
  }

  private func both(
    _ shape: ModelShape, precision: Precision
  ) -> (FastModel, ReferenceTransformer<Double>.Pass, ReferenceTransformer<Double>) {
    let parameters = ReferenceTransformer<Float>.randomParameters(shape.configuration, seed: shape.seed)
    let reference = ReferenceTransformer(shape.configuration, parameters: parameters.map(Double.init))
    let (inputs, targets) = shape.tokens()
    let model = FastModel(shape.configuration, parameters: parameters, precision: precision)
    return (model, reference.forward(inputs, targets, length: shape.length), reference)
  }

  private func paddingIsZero(_ slab: [Float], _ layout: ParameterLayout) -> Bool {
    var end = 0
    for tensor in layout.tensors {
      if slab[end..<tensor.offset].contains(where: { $0 != 0 }) { return false }
      end = tensor.range.upperBound
    }
    return slab[end...].allSatisfy { $0 == 0 }
  }
}

import TestSupport
import Testing
import Transformer

/// The reference model against PyTorch on checkpoints that transformers wrote.
///
/// Both compute in fp64 and the goldens are rounded to fp32 (6e-8), but transformers computes rotary tables and RMSNorm in
/// fp32 even in an fp64 model: some dozens of roundings of 6e-8 each on the way, hence 1e-5.
@Suite(.timeLimit(.minutes(20))) struct ReferenceGoldenTests {
  @Test(arguments: Golden.all)
  func referenceEqualsPyTorch(golden: Golden) throws {
    let checkpoint = try HuggingFaceFolder.load(golden.folder)
    let model = ReferenceTransformer(
      checkpoint.configuration, parameters: checkpoint.parameters.values.map(Double.init))
    let expected = try golden.results(model.layout)
    let pass = model.forward(expected.inputs, expected.targets, length: expected.length)
    #expect(relativeError(pass.logits, expected.logits) < 1e-5)
    #expect(relativeError(pass.losses, expected.losses) < 1e-5)
    #expect(abs(pass.loss - Double(expected.loss)) < 1e-5 * Double(expected.loss))
    let gradients = model.backward(pass)
    for tensor in model.layout.tensors {
      let error = relativeError(gradients[tensor.range], expected.gradients[tensor.name]!)
      #expect(error < 1e-5, "\(tensor.name)")
    }
  }
}

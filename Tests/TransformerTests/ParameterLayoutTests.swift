import Testing
import Transformer

@Suite(.timeLimit(.minutes(20))) struct ParameterLayoutTests {
  static let configurations: [ModelConfiguration] = [
    ModelConfiguration(
      family: .gpt2, layerCount: 2, headCount: 3, width: 21, contextLength: 9, vocabularySize: 35, hasBias: true
    ),
    ModelConfiguration(
      family: .gpt2, layerCount: 1, headCount: 2, width: 10, contextLength: 5, vocabularySize: 7, isTied: false),
    ModelConfiguration(
      family: .llama, layerCount: 3, headCount: 4, keyValueHeadCount: 2, width: 24, feedForwardWidth: 37,
      contextLength: 9, vocabularySize: 35),
    ModelConfiguration(
      family: .qwen3, layerCount: 2, headCount: 5, keyValueHeadCount: 1, width: 50, feedForwardWidth: 11,
      contextLength: 9, vocabularySize: 13, isTied: false),
  ]

  @Test(arguments: configurations)
  func tensorsDoNotOverlapAndFillTheSlab(configuration: ModelConfiguration) {
    let layout = ParameterLayout(configuration)
    var end = 0
    for tensor in layout.tensors {
      #expect(tensor.offset >= end, "\(tensor.name) overlaps its predecessor")
      #expect(tensor.offset - end < 16, "\(tensor.name) leaves a hole")
      end = tensor.range.upperBound
    }
    #expect(layout.elementCount >= end && layout.elementCount - end < 16)
    #expect(layout.elementCount % 16 == 0)
    #expect(Set(layout.tensors.map(\.name)).count == layout.tensors.count)
  }

  @Test(arguments: configurations)
  func fusedProjectionsAreAdjacentAndAllElseIsAligned(configuration: ModelConfiguration) {
    let layout = ParameterLayout(configuration)
    for (index, tensor) in layout.tensors.enumerated() {
      let continuesGroup = ["k_proj", "v_proj", "up_proj"].contains { tensor.name.contains($0) }
      if continuesGroup {
        #expect(tensor.offset == layout.tensors[index - 1].range.upperBound, "\(tensor.name)")
      } else {
        #expect(tensor.offset % 16 == 0, "\(tensor.name)")
      }
    }
  }

  /// Counts published for GPT-2 124M (transformers, nanoGPT).
  @Test func parameterCountsEqualThePeers() {
    let gpt2 = ModelConfiguration(
      family: .gpt2, layerCount: 12, headCount: 12, width: 768, contextLength: 1024, vocabularySize: 50257,
      hasBias: true)
    #expect(gpt2.parameterCount == 124_439_808)
    #expect(gpt2.computeParameterCount == 124_439_808 - 1024 * 768)
    #expect(gpt2.nonEmbeddingParameterCount == 85_056_000)
    #expect(gpt2.trainingFLOPsPerToken(length: 1024) == 6 * 123_653_376 + 12 * 12 * 768 * 1024)
    // nanoGPT's character recipe prints 10.65M.
    let characters = ModelConfiguration(
      family: .gpt2, layerCount: 6, headCount: 6, width: 384, contextLength: 256, vocabularySize: 65)
    #expect(characters.computeParameterCount == 10_646_784)
    let untied = Self.configurations[3]
    #expect(untied.computeParameterCount == untied.parameterCount - 13 * 50)
  }

  @Test func onlyMatricesDecayAndOnlyConv1DIsTransposed() {
    for configuration in Self.configurations {
      for tensor in ParameterLayout(configuration).tensors {
        #expect(tensor.decays == (tensor.shape.count == 2), "\(tensor.name)")
        let isConv1D = tensor.name.hasPrefix("transformer.h.") && tensor.shape.count == 2
        #expect(tensor.isTransposedOnDisk == isConv1D, "\(tensor.name)")
      }
    }
  }
}

import Compute
import Foundation
import Storage
import TestSupport
import Testing
import Transformer

@Suite(.timeLimit(.minutes(20))) struct HuggingFaceFolderTests {
  static let configurations: [ModelConfiguration] = [
    ModelConfiguration(
      family: .gpt2, layerCount: 2, headCount: 3, width: 21, contextLength: 9, vocabularySize: 35,
      hasBias: true,
      dropout: 0.1),
    ModelConfiguration(
      family: .gpt2, layerCount: 1, headCount: 2, width: 34, contextLength: 5, vocabularySize: 7, isTied: false),
    ModelConfiguration(
      family: .llama, layerCount: 2, headCount: 4, keyValueHeadCount: 2, width: 24, feedForwardWidth: 37,
      contextLength: 9, vocabularySize: 35, dropout: 0.2),
    ModelConfiguration(
      family: .qwen3, layerCount: 2, headCount: 5, keyValueHeadCount: 1, width: 50, feedForwardWidth: 11,
      contextLength: 9, vocabularySize: 13, isTied: false, ropeTheta: 1e6, normEpsilon: 1e-6),
  ]

  @Test(arguments: configurations)
  func aWrittenFolderReadsBackBitForBit(configuration: ModelConfiguration) throws {
    let parameters = ReferenceTransformer<Float>.randomParameters(configuration, seed: 3)
    try withTemporaryFolder { folder in
      let path = folder.appendingPathComponent("model").path
      try write(parameters, configuration, to: path)
      let checkpoint = try HuggingFaceFolder.load(path)
      #expect(checkpoint.configuration == configuration)
      #expect(firstDifference(checkpoint.parameters.values, parameters) == nil)
    }
  }

  @Test(arguments: Golden.all)
  func whatTransformersWroteIsWrittenAlike(golden: Golden) throws {
    let checkpoint = try HuggingFaceFolder.load(golden.folder)
    try withTemporaryFolder { folder in
      let path = folder.appendingPathComponent("model").path
      try write(checkpoint.parameters.values, checkpoint.configuration, to: path)
      #expect(try HuggingFaceFolder.readConfiguration(path) == checkpoint.configuration)
      let original = try SafetensorsFile("\(golden.folder)/model.safetensors")
      let copy = try SafetensorsFile("\(path)/model.safetensors")
      #expect(copy.metadata == original.metadata)
      #expect(copy.tensors.map(\.name) == original.tensors.map(\.name))
      for (left, right) in pairs(copy.tensors, original.tensors) {
        #expect(left.shape == right.shape, "\(left.name)")
        #expect(copy.bytes(of: left).elementsEqual(original.bytes(of: right)), "\(left.name)")
      }
    }
  }

  @Test func shardsMasksAndNamesOfTheBareModelAreRead() throws {
    let golden = Golden(name: "gpt2-tied")
    let expected = try HuggingFaceFolder.load(golden.folder)
    try withCopy(of: golden) { path in
      let file = try SafetensorsFile("\(path)/model.safetensors")
      let bare = file.tensors.map { ($0, String($0.name.dropFirst("transformer.".count))) }
      var map = JSONObject()
      for (shard, tensors) in [("a.safetensors", bare.prefix(5)), ("b.safetensors", bare.dropFirst(5))] {
        let entries = tensors.map { SafetensorsEntry($1, $0.type, shape: $0.shape, bytes: file.bytes(of: $0)) }
        // Files of 2019 hold the causal masks, too.
        let mask = SafetensorsEntry("h.\(map.count).attn.bias", .uint8, shape: [1, 1, 2, 2]) {
          (file) throws(QuillError) in try file.write([1, 0, 1, 1])
        }
        try SafetensorsWriter.write("\(path)/\(shard)", entries + [mask])
        map[mask.name] = .string(shard)
        for (_, name) in tensors { map[name] = .string(shard) }
      }
      try AtomicFile.write(
        "\(path)/model.safetensors.index.json",
        JSONValue.object(JSONObject([("weight_map", .object(map))])).prettyText)
      try FilePath.remove("\(path)/model.safetensors")
      let found = try HuggingFaceFolder.load(path).parameters.values
      #expect(firstDifference(found, expected.parameters.values) == nil)

      map["wte.weight"] = "../elsewhere.safetensors"
      try AtomicFile.write(
        "\(path)/model.safetensors.index.json",
        JSONValue.object(JSONObject([("weight_map", .object(map))])).prettyText)
      expectError("'../elsewhere.safetensors' is not the name of a file") { try HuggingFaceFolder.load(path) }
    }
  }

  @Test(arguments: [SafetensorsType.bfloat16, .float16])
  func halfPrecisionIsWidened(type: SafetensorsType) throws {
    let golden = Golden(name: "llama-tied")
    let expected = try HuggingFaceFolder.load(golden.folder)
    try withCopy(of: golden) { path in
      try rewriteWeights(path) { tensor, values in
        let halves: [UInt16] = values.map {
          type == .bfloat16 ? UInt16($0.bitPattern >> 16) : Float16($0).bitPattern
        }
        return (tensor.name, type, tensor.shape, halves.withUnsafeBytes { Array($0) })
      }
      let found = try HuggingFaceFolder.load(path)
      // bf16 was cut to 8 significant bits; fp16 rounds to 11.
      let bound = type == .bfloat16 ? 0x1p-7 : 0x1p-11
      for (left, right) in pairs(found.parameters.values, expected.parameters.values) {
        #expect(abs(Double(left - right)) <= bound * max(abs(Double(right)), 0x1p-14))
      }
    }
  }
}

extension HuggingFaceFolderTests {
  private func write(
    _ parameters: [Float], _ configuration: ModelConfiguration, to path: String
  ) throws(QuillError) {
    let copy = Slab<Float>(count: parameters.count)
    _ = copy.buffer.update(fromContentsOf: parameters)
    try AtomicFolder.publish(at: path) { (draft) throws(QuillError) in
      try HuggingFaceFolder.write(UnsafeBufferPointer(copy.buffer), configuration, endOfTextID: 0, into: draft)
    }
  }
}

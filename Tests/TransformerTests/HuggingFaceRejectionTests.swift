import Foundation
import Storage
import TestSupport
import Testing
import Transformer

/// One test per rejection that `docs/formats/checkpoint.md` documents.
@Suite(.timeLimit(.minutes(20))) struct HuggingFaceRejectionTests {
  @Test func aMissingFolderIsMissingInput() {
    expectError("config.json", kind: .missingInput) { try HuggingFaceFolder.load("/nowhere/at/all") }
  }

  @Test func missingWeightsAreMissingInput() throws {
    try withCopy(of: Golden(name: "llama-tied")) { path in
      try FilePath.remove("\(path)/model.safetensors")
      expectError("model.safetensors", kind: .missingInput) { try HuggingFaceFolder.load(path) }
    }
  }

  static let rejectedKeys: [(golden: String, key: String, value: JSONValue?, message: String)] = [
    ("llama-tied", "model_type", "mistral", "expected the model_type gpt2, llama or qwen3, found 'mistral'"),
    ("llama-tied", "hidden_size", nil, "the key 'hidden_size' is missing"),
    ("llama-tied", "hidden_size", "24", "expected an integer"),
    ("llama-tied", "hidden_size", 0, "key hidden_size: expected a whole number from 1 to"),
    ("llama-tied", "vocab_size", 1_000_000_000_000, "key vocab_size: expected a whole number from 1 to"),
    ("llama-tied", "num_key_value_heads", 3, "must divide heads 4, found 3"),
    ("llama-tied", "hidden_act", "gelu", "with \"silu\" or \"swish\" only, found \"gelu\""),
    ("llama-tied", "attention_bias", true, "with false only, found true"),
    ("llama-tied", "mlp_bias", true, "with false only, found true"),
    ("llama-tied", "head_dim", 8, "head_dim 8 × num_attention_heads 4 is not hidden_size 24"),
    (
      "llama-tied", "rope_scaling", ["rope_type": "llama3", "factor": 8.0],
      "with \"default\" only, found \"llama3\""
    ),
    (
      "qwen3-tied", "rope_parameters", ["rope_type": "yarn", "rope_theta": 1.0],
      "with \"default\" only, found \"yarn\""
    ),
    ("qwen3-tied", "use_sliding_window", true, "with false only, found true"),
    ("qwen3-tied", "layer_types", ["full_attention", "sliding_attention"], "expected full_attention"),
    ("qwen3-tied", "quantization_config", ["bits": 4], "with no such key only"),
    (
      "llama-tied", "rms_norm_eps", -1.0,
      "key rms_norm_eps: expected a number from 1e-30 to 1, found the number -1.0"
    ),
    ("llama-tied", "rope_theta", 1e308, "key rope_theta: expected a number from 0.001 to 1e30"),
    (
      "qwen3-tied", "rope_parameters", ["rope_theta": 0],
      "key rope_parameters.rope_theta: expected a number from"
    ),
    ("gpt2-tied", "layer_norm_epsilon", 0, "key layer_norm_epsilon: expected a number from 1e-30 to 1"),
    ("gpt2-tied", "resid_pdrop", 1.5, "key resid_pdrop: expected a number from 0, below 1"),
    ("gpt2-tied", "activation_function", "relu", "found \"relu\""),
    ("gpt2-tied", "scale_attn_by_inverse_layer_idx", true, "with false only, found true"),
    ("gpt2-tied", "n_head", 5, "must divide width 24, found 5"),
  ]

  @Test(arguments: rejectedKeys)
  func configurationsThatQuillDoesNotComputeAreRejected(
    golden: String, key: String, value: JSONValue?, message: String
  ) throws {
    try withCopy(of: Golden(name: golden)) { path in
      try editConfiguration(path) { $0[key] = value }
      expectError(message) { try HuggingFaceFolder.load(path) }
    }
  }

  @Test func aMissingTensorIsRejected() throws {
    try withCopy(of: Golden(name: "qwen3-tied")) { path in
      try rewriteWeights(path) { tensor, values in
        tensor.name.contains("layers.1.self_attn.k_norm") ? nil : encoded(tensor, values)
      }
      expectError("the tensor 'model.layers.1.self_attn.k_norm.weight' is missing") {
        try HuggingFaceFolder.load(path)
      }
    }
  }

  @Test func aTensorOfAnotherShapeIsRejected() throws {
    try withCopy(of: Golden(name: "llama-tied")) { path in
      try editConfiguration(path) { $0["intermediate_size"] = 36 }
      expectError("expected the shape [36, 24], found [37, 24]") { try HuggingFaceFolder.load(path) }
    }
  }

  @Test func aTensorThatTheModelDoesNotHaveIsRejected() throws {
    try withCopy(of: Golden(name: "llama-untied-one-head-group")) { path in
      try editConfiguration(path) { $0["num_hidden_layers"] = 1 }
      expectError("'model.layers.1.input_layernorm.weight', which the model of config.json does not have") {
        try HuggingFaceFolder.load(path)
      }
    }
  }

  @Test func aTensorOfIntegersIsRejected() throws {
    try withCopy(of: Golden(name: "llama-tied")) { path in
      try rewriteWeights(path) { tensor, values in
        var entry = encoded(tensor, values)
        if tensor.name == "model.norm.weight" { entry.1 = .int32 }
        return entry
      }
      expectError("expected the dtype F32, BF16 or F16, found I32") { try HuggingFaceFolder.load(path) }
    }
  }

  @Test func biasesOfABiasFreeModelMustBeZero() throws {
    try withCopy(of: Golden(name: "gpt2-tied")) { path in
      try editConfiguration(path) { $0["quill"] = ["bias": false] }
      expectError("expected zeros, since config.json says that the model has no biases") {
        try HuggingFaceFolder.load(path)
      }
    }
  }

  /// With a mark that combines with it, a slash is no `Character` of its own, but as good a slash to the system.
  @Test(arguments: ["../\u{301}x", "a/\u{301}x", "../x", "/x", "..", "", ".\u{301}x", ".x"])
  func anIndexNamesNoFileElsewhere(shard: String) throws {
    try withCopy(of: Golden(name: "llama-tied")) { path in
      let weights = try SafetensorsFile("\(path)/model.safetensors")
      let names = weights.tensors.map { (key: $0.name, value: JSONValue(shard)) }
      // What would be found there, were it looked for.
      try FilePath.createFolder("\(path)/a")
      for place in ["../\u{301}x", "a/\u{301}x", "../x", ".\u{301}x", ".x"] {
        try AtomicFile.write("\(path)/\(place)", try content("\(path)/model.safetensors"))
      }
      try FilePath.remove("\(path)/model.safetensors")
      let index: JSONValue = ["weight_map": .object(JSONObject(names))]
      try AtomicFile.write("\(path)/model.safetensors.index.json", index.prettyText)
      expectError("'\(shard)' is not the name of a file in this folder") { try HuggingFaceFolder.load(path) }
    }
  }

  @Test func truncatedWeightsAreRejected() throws {
    try withCopy(of: Golden(name: "llama-tied")) { path in
      let bytes = try Data(contentsOf: URL(filePath: "\(path)/model.safetensors"))
      try AtomicFile.write("\(path)/model.safetensors", Array(bytes.dropLast(4)))
      expectError("the file is cut off") { try HuggingFaceFolder.load(path) }
    }
  }
}

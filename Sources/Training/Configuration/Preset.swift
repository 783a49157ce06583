import Storage
import Transformer
import Formatting

/// A named starting point for a configuration; `--config` and `--set` change it further.
///
///     Preset.named("small")        // depth 3: 3 layers, width 192, about 1.5M parameters
///     Preset.depth(3)              // the same
package struct Preset: Sendable {
  package let name: String
  /// One line for the help and the documentation.
  package let summary: String
  package let configuration: RunConfiguration

  /// What a run without `--preset` and `--depth` uses.
  package static let defaultName = "small"

  /// The presets, smallest first. Parameter counts are those over a vocabulary of 1024, but for `gpt2-small`.
  package static let all: [Preset] = [
    Preset(name: "tiny", summary: "depth 1, 0.1M parameters: seconds", configuration: unchecked(depth: 1)),
    Preset(
      name: "mini", summary: "depth 2, 0.5M parameters: a minute or two", configuration: unchecked(depth: 2)),
    Preset(name: "small", summary: "depth 3, 1.5M parameters: minutes", configuration: unchecked(depth: 3)),
    Preset(name: "base", summary: "depth 4, 3.4M parameters: an hour", configuration: unchecked(depth: 4)),
    Preset(name: "medium", summary: "depth 6, 11M parameters: hours", configuration: unchecked(depth: 6)),
    Preset(
      name: "large", summary: "depth 8, 26M parameters: a day or more", configuration: unchecked(depth: 8)),
    Preset(
      name: "gpt2-small", summary: "GPT-2's 124M parameters (vocabulary 50257): weeks", configuration: gpt2Small
    ),
    Preset(
      name: "nanogpt-cpu", summary: "nanoGPT's CPU recipe for characters, 0.8M parameters: seconds",
      configuration: nanoGPTForCPU),
  ]

  /// The preset of this name.
  ///
  /// - Throws: `QuillError` of kind `.usage` that names the nearest preset.
  package static func named(_ name: String) throws(QuillError) -> Preset {
    if let preset = all.first(where: { $0.name == name }) { return preset }
    let nearest = NearestName.nearest(to: name, among: all.map(\.name)) ?? ""
    throw QuillError(
      .usage, at: Vocabulary.parameter("preset", name), "unknown preset; the nearest one is '\(nearest)'",
      remedy: "The presets are \(all.map(\.name).joined(separator: ", ")).")
  }

  /// The one dial: from 0.1M parameters at 1 to GPT-2 small's shape at 12, over small vocabularies.
  ///
  /// - Throws: `QuillError` of kind `.usage` outside 1...12.
  package static func depth(_ depth: Int) throws(QuillError) -> RunConfiguration {
    guard (1...12).contains(depth) else {
      throw QuillError(
        .usage, at: Vocabulary.parameter("depth"), "expected an integer from 1 to 12, found \(depth)",
        remedy: "Larger models take \(Vocabulary.setting("model.layers")), model.width and model.heads.")
    }
    return unchecked(depth: depth)
  }

  /// Layers = depth and width = 64 · depth, so that parameters grow with the cube; heads of 64 (of 32 in the
  /// narrowest, which would have too few); the learning rate falls as 1 / width from GPT-2 small's 6e-4 at 768; the
  /// tokens of a step grow about as parameters to the power ⅔ (Porian et al. 2024, arXiv:2406.19146).
  private static func unchecked(depth: Int) -> RunConfiguration {
    var configuration = RunConfiguration()
    configuration.model.layers = depth
    configuration.model.width = 64 * depth
    configuration.model.heads = depth <= 3 ? 2 * depth : depth
    configuration.model.context = depth <= 2 ? 128 : depth <= 6 ? 256 : depth <= 9 ? 512 : 1024
    let tokensPerPass = depth == 1 ? 2048 : depth <= 3 ? 4096 : 8192
    configuration.train.batch = tokensPerPass / configuration.model.context
    configuration.train.accumulation = depth <= 5 ? 1 : depth <= 8 ? 2 : depth == 9 ? 4 : 8
    configuration.train.learningRate = min(6e-3, 6e-4 * 768 / Double(configuration.model.width))
    configuration.train.beta2 = depth <= 8 ? 0.99 : 0.95
    return configuration
  }

  private static var gpt2Small: RunConfiguration {
    var configuration = unchecked(depth: 12)
    configuration.model.family = .gpt2
    configuration.model.bias = true
    return configuration
  }

  /// `train_shakespeare_char.py` with the command line of nanoGPT's README for a CPU.
  private static var nanoGPTForCPU: RunConfiguration {
    var configuration = RunConfiguration()
    configuration.model.family = .gpt2
    configuration.model.layers = 4
    configuration.model.heads = 4
    configuration.model.width = 128
    configuration.model.context = 64
    configuration.train.batch = 12
    configuration.train.steps = 2000
    configuration.train.learningRate = 1e-3
    configuration.train.minimumLearningRate = 1e-4
    configuration.train.warmup = 100
    return configuration
  }
}

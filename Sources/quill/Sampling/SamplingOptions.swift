import Formatting
import CommandLineKit
import Sampling

/// How tokens are chosen: shared by `sample` and `repl`.
///
/// The transforms apply in this order, each to what the one before it left.
struct SamplingOptions: ArgumentGroup {
  @Option(
    placeholder: "t", help: "Divides the logits: below 1 safer, above 1 wilder, 0 always the likeliest token.",
    where: .within(0...1e6))
  var temperature = 0.8
  @Option(placeholder: "k", help: "Then keep the k likeliest tokens.", where: .within(SizeLimits.vocabulary))
  var topK: Int?
  @Option(
    placeholder: "p", help: "Then keep the fewest likeliest tokens that together have probability p.",
    where: .above(0, atMost: 1))
  var topP: Double?
  @Option(
    placeholder: "p", help: "Then keep tokens at least p times as likely as the likeliest.",
    where: .within(0...1))
  var minP: Double?
  @Option(placeholder: "number", help: "Decides every draw: another seed, another text.") var seed: UInt64 = 1

  var settings: SamplingSettings {
    SamplingSettings(temperature: temperature, topK: topK, topP: topP, minP: minP, seed: seed)
  }
}

import CommandLineKit
import Compute
import Quill

/// How a model is computed: for the commands that only run one.
struct ModelOptions: ArgumentGroup {
  @Option(help: "The number format of weights and activations: auto, fp32 or bf16.")
  var precision = Precision.Choice.auto
  @Option(
    placeholder: "format",
    help:
      "How weights are kept: fp32, bf16 or int8, which is smaller and faster; as --precision says if not given."
  )
  var weights: WeightFormat?
  @Option(
    placeholder: "count", help: "Threads to compute with; 0 means one per core.",
    where: .within(0...WorkerPool.threadLimit))
  var threads = 0
  @Flag(help: "Bind each thread to a processor.") var pin = false
}

extension LanguageModel {
  /// Opens a model as the options say.
  convenience init(_ folder: String, _ options: ModelOptions, cache: CacheFormat? = nil) throws {
    if let weights = options.weights, let asked = Precision(rawValue: options.precision.rawValue),
      weights.precision != asked
    {
      throw UsageError(
        "'--precision \(asked)' and '--weights \(weights)' exclude each other: give one of them.")
    }
    try self.init(
      folder, precision: options.precision, weights: options.weights, cache: cache, threads: options.threads,
      pinsThreads: options.pin)
  }
}

extension Precision: ArgumentValue {}
extension WeightFormat: ArgumentValue {}
extension CacheFormat: ArgumentValue {}
extension Precision.Choice: ArgumentValue {}

import CommandLineKit
import Quill

/// How a model is computed: for the commands that only run one.
struct ModelOptions: ArgumentGroup {
  enum PrecisionChoice: String, CaseIterable, ArgumentValue { case auto, fp32, bf16 }

  @Option(help: "The number format of weights and activations: auto, fp32 or bf16.")
  var precision = PrecisionChoice.auto
  @Option(placeholder: "count", help: "Threads to compute with; 0 means one per core.", where: .atLeast(0))
  var threads = 0
  @Flag(help: "Bind each thread to a processor.") var pin = false
}

extension LanguageModel {
  /// Opens a model as the options say.
  convenience init(_ folder: String, _ options: ModelOptions) throws {
    let format: NumberFormat =
      switch options.precision {
      case .auto: .automatic
      case .fp32: .fp32
      case .bf16: .bf16
      }
    try self.init(folder, numberFormat: format, threads: options.threads, pinsThreads: options.pin)
  }
}

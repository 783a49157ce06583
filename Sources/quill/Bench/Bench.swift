import Benchmarking
import CommandLineKit
import Compute
import Kernels
import Storage

/// `quill bench`
struct Bench: Command {
  static let configuration = CommandConfiguration(
    "bench", abstract: "Measure this machine, and how much of it the kernels use.",
    discussion: """
      First the machine's own peaks: fp32 multiply-adds, bf16 dot products, and how fast memory is read. Then matrix \
      products (gemm), attention, whole training steps (train) with the time of every part, writing text and reading \
      prompts (decode), training and use of a tokenizer, and the drawing of batches (loader); if none is named all of them, and at the \
      end a figure of the kernels under the machine's roofline. Share is the part of the measured peak of the same number \
      format, or of the bandwidth of the memory that holds what is read; spread is (slowest - fastest) / median. Stop other \
      programs first.
      """,
    examples: [
      .init("Everything", "quill bench"),
      .init("Training steps of one model", "quill bench train --model 10.7M --parts"),
      .init("Writing text", "quill bench decode --model 13.9M --weights int8"),
    ])

  @Argument(help: "gemm, attention, train, decode, tokenizer or loader.") var what: Suite?
  @Option(placeholder: "text", help: "Only lines of gemm and attention whose name contains this.") var only = ""
  @Option(placeholder: "name", help: "Only configurations of train and decode with this name.") var model:
    String?
  @Option(placeholder: "format", help: "Only this number format in train and decode: fp32 or bf16.")
  var precision: Precision?
  @Option(placeholder: "format", help: "Only these weights in decode: fp32, bf16 or int8.")
  var weights: WeightFormat?
  @Option(
    placeholder: "count", help: "Threads; all processors if not given.",
    where: .within(1...WorkerPool.threadLimit)) var threads: Int?
  @Flag(help: "Bind each thread to a processor.") var pin = false
  @Option(placeholder: "seconds", help: "Time for each line.", where: .within(0...600)) var budget = 0.5
  @Flag(help: "Show where the time of a training step goes.") var parts = false
  @Flag(help: "Print one JSON object.") var json = false

  enum Suite: String, CaseIterable, ArgumentValue { case gemm, attention, train, decode, tokenizer, loader }

  func validate() throws {
    if !only.isEmpty, let what, ![.gemm, .attention].contains(what) {
      throw UsageError(
        "'--only' chooses among the lines of gemm and attention; a configuration of train or decode is chosen by '--model'."
      )
    }
  }

  func run() throws {
    let trained = what == .decode ? [] : TrainBenchmark.configurations.map(\.name)
    let written = what == .train ? [] : DecodeBenchmark.configurations.map(\.name)
    let known = trained + written.filter { !trained.contains($0) }
    if let model, !known.contains(model) {
      throw QuillError(
        .usage, at: "--model", "there is no configuration '\(model)'",
        remedy: "Choose one of \(known.joined(separator: ", ")).")
    }
    let pool = try WorkerPool(threadCount: threads ?? WorkerPool.processorCount, pinsThreads: pin)
    let machine = MachineProfile.measure(pool: pool)
    let printer = BenchPrinter(isLive: !json)
    printer.show(machine)
    for suite in Suite.allCases where what == nil || what == suite {
      printer.begin(suite.title)
      try run(suite, machine, pool, printer)
    }
    if what == nil { printer.showRoofline() }
    if json { StandardStream.output.write(printer.json(machine).compactText + "\n") }
  }

  private func run(_ suite: Suite, _ machine: MachineProfile, _ pool: WorkerPool, _ printer: BenchPrinter)
    throws
  {
    func wants(_ name: String) -> Bool { only.isEmpty || name.contains(only) }
    switch suite {
    case .gemm:
      ProductBenchmark.run(machine, pool: pool, budget: budget / 2, wants: wants, report: printer.show)
    case .attention:
      AttentionBenchmark.run(machine, pool: pool, budget: budget / 2, wants: wants, report: printer.show)
    case .train:
      for configuration in TrainBenchmark.configurations where model == nil || model == configuration.name {
        for precision in Precision.allCases where self.precision == nil || self.precision == precision {
          let result = TrainBenchmark.run(
            configuration, precision: precision, machine, pool: pool, budget: budget)
          printer.show(result, withParts: parts)
        }
      }
    case .decode:
      var benches = [(machine, pool)]
      if pool.threadCount > 1 {
        let one = try WorkerPool(threadCount: 1)
        benches.insert((.measure(pool: one), one), at: 0)
      }
      for configuration in DecodeBenchmark.configurations where model == nil || model == configuration.name {
        for weights in WeightFormat.allCases where isWanted(weights) {
          for (machine, pool) in benches {
            DecodeBenchmark.run(
              configuration, weights: weights, machine, pool: pool, budget: budget, report: printer.show)
          }
        }
      }
    case .tokenizer: try TokenizerBenchmark.run(pool: pool, budget: budget, report: printer.show)
    case .loader: try LoaderBenchmark.run(pool: pool, budget: budget, report: printer.show)
    }
  }

  private func isWanted(_ format: WeightFormat) -> Bool {
    if let weights { return format == weights }
    return precision.map { format == $0.weights } ?? true
  }
}

extension Bench.Suite {
  fileprivate var title: String {
    switch self {
    case .gemm: "Matrix products"
    case .attention: "Causal attention, counting the causal half"
    case .train: "Training steps"
    case .decode: "Writing text, and reading a prompt"
    case .tokenizer: "Tokenizer, on tales"
    case .loader: "Batches from a packed corpus"
    }
  }
}

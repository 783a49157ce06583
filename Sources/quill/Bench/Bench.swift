import Benchmarking
import CommandLineKit
import Compute
import Storage

/// `quill bench`
struct Bench: Command {
  static let configuration = CommandConfiguration(
    "bench", abstract: "Measure this machine, and how much of it the kernels use.",
    discussion: """
      First the machine's own peaks: fp32 multiply-adds, bf16 dot products, and how fast memory is read. Then \
      matrix products (gemm), attention, or whole training steps (train) with the time of every part; all three if none \
      is named. Share is the part of the measured peak of the same number format; spread is (slowest - fastest) / median. \
      Stop other programs first.
      """,
    examples: [
      .init("Everything", "quill bench"),
      .init("Training steps of one model", "quill bench train --model 10.7M --parts"),
    ])

  @Argument(help: "gemm, attention or train.") var what: Area?
  @Option(placeholder: "name", help: "Only configurations of train with this name.") var model: String?
  @Option(placeholder: "format", help: "Only this number format in train: fp32 or bf16.") var precision:
    PrecisionChoice?
  @Option(placeholder: "count", help: "Threads; all processors if not given.", where: .atLeast(1)) var threads:
    Int?
  @Option(placeholder: "seconds", help: "Time for each line.") var budget = 0.5
  @Flag(help: "Show where the time of a training step goes.") var parts = false
  @Flag(help: "Print one JSON object.") var json = false

  enum Area: String, CaseIterable, ArgumentValue { case gemm, attention, train }
  enum PrecisionChoice: String, CaseIterable, ArgumentValue {
    case fp32, bf16
  }

  func run() throws {
    let known = TrainBenchmark.configurations.map(\.name)
    if let model, !known.contains(model) {
      throw QuillError(
        .usage, at: "--model", "there is no configuration '\(model)'",
        remedy: "Choose one of \(known.joined(separator: ", ")).")
    }
    let pool = WorkerPool(threadCount: threads ?? WorkerPool.processorCount)
    let machine = MachineProfile.measure(pool: pool)
    let printer = BenchPrinter(isLive: !json)
    printer.show(machine)
    if what == nil || what == .gemm {
      printer.begin("Matrix products")
      ProductBenchmark.run(machine, pool: pool, budget: budget / 2, report: printer.show)
    }
    if what == nil || what == .attention {
      printer.begin("Causal attention, counting the causal half")
      AttentionBenchmark.run(machine, pool: pool, budget: budget / 2, report: printer.show)
    }
    if what == nil || what == .train {
      printer.begin("Training steps")
      for configuration in TrainBenchmark.configurations where model == nil || model == configuration.name {
        for precision in Precision.allCases
        where self.precision == nil || self.precision?.rawValue == precision.rawValue {
          let result = TrainBenchmark.run(
            configuration, precision: precision, machine, pool: pool, budget: budget)
          printer.show(result, withParts: parts)
        }
      }
    }
    if json { StandardStream.output.write(printer.json(machine).compactText + "\n") }
  }
}

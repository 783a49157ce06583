import Compute
import Kernels
import Machine
import Training
import Transformer

/// Whole training steps: forward, backward, clipping and AdamW, with the time of every part.
///
/// The share of the peak counts (6 N + 12 · L · d · T) operations per token.
package enum TrainBenchmark {
  package struct Configuration: Sendable {
    package let name: String
    package let model: ModelConfiguration
    package let batchSize: Int
    package let length: Int
    /// Documents in every window: attention stays within each.
    package let documentCount: Int

    init(
      _ name: String, layers: Int, heads: Int, width: Int, vocabulary: Int, batch: Int, length: Int,
      documents: Int = 1
    ) {
      self.name = name
      model = ModelConfiguration(
        family: .gpt2, layerCount: layers, headCount: heads, width: width, contextLength: length,
        vocabularySize: vocabulary)
      batchSize = batch
      self.length = length
      documentCount = documents
    }
  }

  /// GPT-2 family, no biases, tied head, no dropout; the small ones are the sizes of scaling sweeps.
  package static let configurations = [
    Configuration("20k", layers: 1, heads: 1, width: 32, vocabulary: 256, batch: 16, length: 64),
    Configuration("70k", layers: 2, heads: 2, width: 48, vocabulary: 256, batch: 16, length: 64),
    Configuration("0.3M", layers: 3, heads: 3, width: 96, vocabulary: 256, batch: 16, length: 64),
    Configuration("0.8M", layers: 4, heads: 4, width: 128, vocabulary: 65, batch: 12, length: 64),
    Configuration("10.7M", layers: 6, heads: 6, width: 384, vocabulary: 65, batch: 8, length: 256),
    Configuration(
      "10.7M 4 documents", layers: 6, heads: 6, width: 384, vocabulary: 65, batch: 8, length: 256, documents: 4),
    Configuration("13.9M", layers: 6, heads: 6, width: 384, vocabulary: 8_192, batch: 8, length: 256),
    Configuration("10.7M T2048", layers: 6, heads: 6, width: 384, vocabulary: 65, batch: 1, length: 2_048),
    Configuration("124M", layers: 12, heads: 12, width: 768, vocabulary: 50_304, batch: 4, length: 256),
    Configuration("124M T1024", layers: 12, heads: 12, width: 768, vocabulary: 50_304, batch: 1, length: 1_024),
  ]

  /// A configuration's result: a row, and the parts of a step, which add up to its time.
  package struct Result: Sendable {
    package let row: BenchmarkRow
    /// Seconds of wall clock by part; `waiting` is what the threads spent in none.
    package let parts: [(name: String, seconds: Double)]
  }

  package static func run(
    _ configuration: Configuration, precision: Precision, _ machine: MachineProfile, pool: WorkerPool,
    budget: Double
  ) -> Result {
    let work = Work(configuration, precision, pool)
    let measurement = Measurement.of(budget: budget) { work.step() }
    let tokens = Double(configuration.batchSize * configuration.length)
    var row = BenchmarkRow.arithmetic(
      "\(configuration.name) \(precision)", measurement,
      operations: tokens * configuration.model.trainingFLOPsPerToken(length: configuration.length),
      peak: machine.peak(precision))
    row.extras += [
      ("tokens_per_second", tokens / measurement.median),
      (
        "bytes",
        Double(
          TrainingStep.plannedBytes(
            configuration.model, precision: precision, batchSize: configuration.batchSize,
            length: configuration.length, threadCount: pool.threadCount
          ).total + 8 * ParameterLayout(configuration.model).elementCount)
      ),
    ]
    return Result(row: row, parts: work.breakdown())
  }

  private final class Work {
    let model: Model
    let training: TrainingStep
    let norm: GradientNorm
    let moments: (Slab<Float>, Slab<Float>)
    let batch: TokenBatch
    var stepNumber = 0
    var optimizerSeconds = (norm: 0.0, update: 0.0)

    init(_ configuration: Configuration, _ precision: Precision, _ pool: WorkerPool) {
      model = Model(configuration.model, precision: precision, pool: pool)
      model.initialize(seed: 1)
      training = TrainingStep(model: model, batchSize: configuration.batchSize, length: configuration.length)
      norm = GradientNorm(partition: model.updateBlocks.partition)
      moments = (Slab(count: model.layout.elementCount), Slab(count: model.layout.elementCount))
      let vocabulary = configuration.model.vocabularySize
      let ids = (0...configuration.batchSize * configuration.length).map { Int32($0 * 7_919 % vocabulary) }
      let (length, documents) = (configuration.length, configuration.documentCount)
      // Not quite equal parts, so that few begin at the edge of a block.
      let cuts = (0..<documents).map { $0 * (length - $0) / documents }
      batch = TokenBatch(
        inputs: Array(ids.dropLast()), targets: Array(ids.dropFirst()),
        documentStarts: ids.indices.dropLast().map { row in Int32(cuts.last { $0 <= row % length } ?? 0) },
        length: length, vocabularySize: vocabulary)
    }

    func step() {
      stepNumber += 1
      _ = training.accumulateGradients(batch, scale: 1, dropoutKey: 0)
      let start = Stopwatch.now
      let length = norm(training.gradients, pool: model.pool)
      let normed = Stopwatch.now
      AdamW(beta2: 0.99).update(
        parameters: model.parameters, gradients: training.gradients, firstMoments: moments.0,
        secondMoments: moments.1, partition: model.updateBlocks.partition, learningRate: 1e-4, step: stepNumber,
        gradientScale: GradientNorm.scale(norm: length, limit: 1), pool: model.pool
      ) { [blocks = model.updateBlocks] in blocks.pack($0) }
      optimizerSeconds = (normed - start, Stopwatch.now - normed)
    }

    /// One more step under the clock.
    func breakdown() -> [(name: String, seconds: Double)] {
      let clock = StepClock(threadCount: model.pool.threadCount)
      training.clock = clock
      let start = Stopwatch.now
      step()
      let total = Stopwatch.now - start
      training.clock = nil
      let threads = Double(model.pool.threadCount)
      var parts = StepClock.Part.allCases.map { (name: $0.name, seconds: clock.seconds($0) / threads) }
      parts += [
        ("gradient norm", optimizerSeconds.norm), ("AdamW and packing", optimizerSeconds.update),
      ]
      parts.append(("waiting", max(0, total - parts.reduce(0) { $0 + $1.seconds })))
      return parts
    }
  }
}

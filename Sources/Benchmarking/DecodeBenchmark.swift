import Compute
import Transformer

/// Writing text: one token after the other, and the prompt before them.
///
/// A token of decoding reads every matrix once, and the keys and values of all tokens before it, so its limit is the
/// bandwidth of the memory that holds them. A prompt goes through in chunks, so its limit is arithmetic.
package enum DecodeBenchmark {
  /// Tokens in one timing.
  private static let tokensPerTiming = 8

  package static func run(
    _ configuration: TrainBenchmark.Configuration, precision: Precision, _ machine: MachineProfile,
    pool: WorkerPool, budget: Double, report: (BenchmarkRow) -> Void
  ) {
    let model = Model(configuration.model, precision: precision, pool: pool)
    model.initialize(seed: 1)
    let decoder = Decoder(model: model)
    let name = "\(configuration.name) \(precision)"
    let threads = pool.threadCount == 1 ? "1 thread" : "\(pool.threadCount) threads"
    let prompt = (0..<configuration.length / 2).map { Int32($0 * 7_919 % configuration.model.vocabularySize) }
    let work = Work(configuration.model, precision)

    let prefill = Measurement.of(budget: budget / 2) {
      decoder.truncate(to: 0)
      _ = decoder.append(prompt)
    }
    var row = BenchmarkRow.arithmetic(
      "\(name) prompt, \(threads)", prefill, operations: work.promptOperations(prompt.count),
      peak: machine.peak(precision))
    row.extras += [("tokens_per_second", Double(prompt.count) / prefill.median)]
    report(row)

    // The cache holds half a context.
    let decode = Measurement.of(budget: budget / 2) {
      decoder.truncate(to: prompt.count)
      for token in 0..<tokensPerTiming { _ = decoder.append([prompt[token % prompt.count]]) }
    }.divided(by: Double(tokensPerTiming))
    let position = Double(prompt.count) + Double(tokensPerTiming) / 2
    let bytes = work.bytesPerToken(at: position)
    row = .traffic("\(name) decode, \(threads)", decode, bytes: bytes, peak: machine.bandwidth(over: bytes))
      .onRoofline(
        "decode \(precision), \(threads)", operations: work.operationsPerToken(at: position), bytes: bytes,
        peak: machine.peak(precision), machine)
    row.extras += [("tokens_per_second", 1 / decode.median), ("bytes_per_token", bytes)]
    report(row)
  }

  /// The arithmetic and the traffic that cannot be avoided.
  struct Work {
    private let layers, width, keyValueWidth, parameters, headParameters, elementBytes: Double

    init(_ model: ModelConfiguration, _ precision: Precision) {
      layers = Double(model.layerCount)
      width = Double(model.headCount * model.headSize)
      keyValueWidth = Double(model.keyValueHeadCount * model.headSize)
      parameters = Double(model.computeParameterCount)
      headParameters = Double(model.vocabularySize * model.width)
      elementBytes = Double(precision.byteCount)
    }

    /// 2 N, and 4 · d per layer and earlier position for scores and sums.
    func operationsPerToken(at position: Double) -> Double {
      2 * parameters + 4 * layers * width * position
    }

    /// Every matrix, and keys and values of every earlier position.
    func bytesPerToken(at position: Double) -> Double {
      (parameters + 2 * layers * keyValueWidth * position) * elementBytes
    }

    /// The head is needed for the last position alone.
    func promptOperations(_ count: Int) -> Double {
      let count = Double(count)
      return 2 * (parameters - headParameters) * count + 2 * headParameters
        + 2 * layers * width * count * (count + 1)
    }
  }
}

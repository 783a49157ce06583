import Compute
import Kernels
import Transformer

/// Writing text: one token after the other, alone or several texts side by side, and the prompt before them.
///
/// A token of decoding reads every matrix once, and the keys and values of all tokens before it, so its limit is the
/// bandwidth of the memory that holds them: measured for as many bytes, read by as many threads. A prompt goes through in
/// chunks, so its limit is arithmetic.
package enum DecodeBenchmark {
  /// Tokens in one timing.
  private static let tokensPerTiming = 8
  /// Texts that are written side by side.
  private static let textCount = 8
  /// Tokens of the prompt, where the context is as long.
  private static let promptLength = 400

  /// A model to write with.
  package struct Configuration: Sendable {
    package let name: String
    package let model: ModelConfiguration

    package init(_ name: String, _ model: ModelConfiguration) {
      self.name = name
      self.model = model
    }

    init(
      _ name: String, layers: Int, heads: Int, width: Int, inner: Int, vocabulary: Int,
      family: ModelConfiguration.Family = .llama
    ) {
      self.name = name
      model = ModelConfiguration(
        family: family, layerCount: layers, headCount: heads, width: width, feedForwardWidth: inner,
        contextLength: 1_024, vocabularySize: vocabulary)
    }
  }

  /// The default family with a tied head, and GPT-2's own size.
  package static let configurations = [
    Configuration("0.8M", layers: 4, heads: 4, width: 128, inner: 352, vocabulary: 65),
    Configuration("10.7M", layers: 6, heads: 6, width: 384, inner: 1_024, vocabulary: 65),
    Configuration("13.9M", layers: 6, heads: 6, width: 384, inner: 1_024, vocabulary: 8_192),
    Configuration("110M", layers: 12, heads: 12, width: 768, inner: 2_048, vocabulary: 32_768),
    Configuration(
      "124M", layers: 12, heads: 12, width: 768, inner: 3_072, vocabulary: 50_304, family: .gpt2),
  ]

  package static func run(
    _ configuration: Configuration, weights: WeightFormat, _ machine: MachineProfile, pool: WorkerPool,
    budget: Double, report: (BenchmarkRow) -> Void
  ) {
    let model = Model(configuration.model, weights: weights, pool: pool)
    model.initialize(seed: 1)
    let decoder = Decoder(model: model, sequenceCount: textCount)
    let name = "\(configuration.name) \(weights)"
    let threads = pool.threadCount == 1 ? "1 thread" : "\(pool.threadCount) threads"
    let vocabulary = configuration.model.vocabularySize
    let prompt = (0..<min(promptLength, configuration.model.contextLength - tokensPerTiming)).map {
      Int32($0 * 7_919 % vocabulary)
    }
    let work = Work(configuration.model, weights)

    let prefill = Measurement.of(budget: budget / 3) {
      decoder.truncate(to: 0)
      _ = decoder.append(prompt)
    }
    var row = BenchmarkRow.arithmetic(
      "\(name) prompt, \(threads)", prefill, operations: work.promptOperations(prompt.count),
      peak: machine.peak(weights.precision))
    row.extras += [("tokens_per_second", Double(prompt.count) / prefill.median)]
    report(row)

    let position = Double(prompt.count) + Double(tokensPerTiming) / 2
    let bytes = work.bytesPerToken(at: position)
    let bandwidth = MemoryBandwidth.measureRead(byteCount: Int(bytes) / pool.threadCount, pool: pool)
    let decode = Measurement.of(budget: budget / 3) {
      decoder.truncate(to: prompt.count)
      for token in 0..<tokensPerTiming { _ = decoder.append([prompt[token % prompt.count]]) }
    }.divided(by: Double(tokensPerTiming))
    row = .traffic("\(name) decode, \(threads)", decode, bytes: bytes, peak: bandwidth)
      .onRoofline(
        "decode \(weights), \(threads)", operations: work.operationsPerToken(at: position), bytes: bytes,
        peak: machine.peak(weights.precision), machine)
    row.extras += [("tokens_per_second", 1 / decode.median), ("bytes_per_token", bytes)]
    report(row)

    decoder.truncate(to: prompt.count)
    decoder.copy(0, to: 1..<textCount)
    let together = Measurement.of(budget: budget / 3) {
      for text in 0..<textCount { decoder.truncate(to: prompt.count, of: text) }
      for token in 0..<tokensPerTiming {
        _ = decoder.step((0..<textCount).map { prompt[(token + $0) % prompt.count] }, of: nil)
      }
    }.divided(by: Double(tokensPerTiming * textCount))
    // The matrices are read once for all texts.
    let shared = (work.matrixBytes + Double(textCount) * (bytes - work.matrixBytes)) / Double(textCount)
    row = .traffic("\(name) \(textCount) texts, \(threads)", together, bytes: shared, peak: bandwidth)
    row.extras += [("tokens_per_second", 1 / together.median), ("bytes_per_token", shared)]
    report(row)
  }

  /// The arithmetic and the traffic that cannot be avoided.
  struct Work {
    private let layers, width, keyValueWidth, parameters, headParameters, cacheElementBytes: Double
    /// The bytes of all matrices.
    let matrixBytes: Double

    init(_ model: ModelConfiguration, _ weights: WeightFormat) {
      layers = Double(model.layerCount)
      width = Double(model.headCount * model.headSize)
      keyValueWidth = Double(model.keyValueHeadCount * model.headSize)
      parameters = Double(model.computeParameterCount)
      headParameters = Double(model.vocabularySize * model.width)
      cacheElementBytes = weights == .fp32 ? 4 : 2
      let weightBytes =
        switch weights {
        case .fp32: 4.0
        case .bf16: 2.0
        // One byte, and the two of a scale for every 64.
        case .int8: 1 + 2.0 / 64
        }
      matrixBytes = parameters * weightBytes
    }

    /// 2 N, and 4 · d per layer and earlier position for scores and sums.
    func operationsPerToken(at position: Double) -> Double {
      2 * parameters + 4 * layers * width * position
    }

    /// Every matrix, and keys and values of every earlier position.
    func bytesPerToken(at position: Double) -> Double {
      matrixBytes + 2 * layers * keyValueWidth * position * cacheElementBytes
    }

    /// The head is needed for the last position alone.
    func promptOperations(_ count: Int) -> Double {
      let count = Double(count)
      return 2 * (parameters - headParameters) * count + 2 * headParameters
        + 2 * layers * width * count * (count + 1)
    }
  }
}

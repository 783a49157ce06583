import Compute
import Kernels
import Machine

// SAFETY: a pass borrows the batch and the step's scratch for one call; every thread has its own part of the scratch.

/// What every layer of one forward or backward pass shares.
struct Pass: @unchecked Sendable {
  let configuration: ModelConfiguration
  let precision: Precision
  let batchSize: Int
  let length: Int
  let inputs: UnsafePointer<Int32>
  let targets: UnsafePointer<Int32>
  /// Where in its window the document of each row begins; nil where every window is of one document.
  let documentStarts: UnsafePointer<Int32>?
  let rotary: Rotary?
  /// Nil in evaluation and where the configuration has no dropout.
  let dropoutKey: UInt64?
  let scratchBase: UnsafeMutableRawPointer
  let scratchByteCount: Int
  /// Times the kernels, where someone asks.
  let clock: StepClock?

  var width: Int { configuration.width }
  var rowCount: Int { batchSize * length }

  /// Memory for the current task of one thread.
  func scratch(_ worker: Int) -> UnsafeMutableRawPointer { scratchBase + worker * scratchByteCount }

  /// The same memory, to be handed out piece by piece.
  func arena(_ worker: Int) -> Arena { Arena(memory: scratch(worker), byteCount: scratchByteCount) }

  /// The places that dropout acts on.
  enum DropoutSite {
    case embedding
    case probabilities(Int)
    case attention(Int)
    case feedForward(Int)

    var number: Int {
      switch self {
      case .embedding: 0
      case .probabilities(let layer): 1 + 3 * layer
      case .attention(let layer): 2 + 3 * layer
      case .feedForward(let layer): 3 + 3 * layer
      }
    }
  }

  func mask(_ site: DropoutSite) -> Dropout.Mask? {
    dropoutKey.map { Dropout.Mask(key: $0, site: site.number, probability: configuration.dropout) }
  }

  func attentionKernel(_ layer: Int) -> CausalAttention {
    CausalAttention(
      length: length, headCount: configuration.headCount,
      keyValueHeadCount: configuration.keyValueHeadCount, headSize: configuration.headSize,
      precision: precision, dropout: mask(.probabilities(layer)), documentStarts: documentStarts)
  }
}

extension Pass {
  /// Runs `body`, and adds its time to a part where a clock is running.
  @inline(__always)
  func timed<Result>(_ part: StepClock.Part, _ worker: Int, _ body: () -> Result) -> Result {
    guard let clock else { return body() }
    let start = Ticks.now
    let result = body()
    clock.add(Ticks.now &- start, to: part, worker: worker)
    return result
  }
}

/// Rows of activations in blocks that one thread takes through a chain of layers.
///
/// The blocks depend on the number of rows alone, never on the number of threads.
struct RowBlocks {
  let rowCount: Int
  let blockSize: Int

  /// Enough rows to re-use a panel of weights often, few enough for their activations to stay in cache.
  private static let preferredSize = 96

  init(rowCount: Int) {
    self.rowCount = rowCount
    var count = max(1, (rowCount + Self.preferredSize / 2) / Self.preferredSize)
    if count > 1 { count += count % 2 }
    let size = (rowCount + count - 1) / count
    blockSize = (size + 5) / 6 * 6
  }

  var count: Int { (rowCount + blockSize - 1) / blockSize }

  subscript(block: Int) -> Range<Int> { block * blockSize..<min(rowCount, (block + 1) * blockSize) }
}

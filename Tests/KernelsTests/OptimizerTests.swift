import Compute
import Foundation
import Kernels
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(20))) struct OptimizerTests {
  /// `Goldens/optimizers.json`, written by `make_optimizers.py` beside it.
  struct Goldens: Decodable {
    struct Run: Decodable {
      let norms: [Double]
      let parameters: [Float]
    }
    let rates: [Double]
    let limit: Double
    let adamw: Run
    let sgd: Run

    static func load() throws -> Goldens {
      let file = URL(filePath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("Goldens/optimizers.json")
      return try JSONDecoder().decode(Goldens.self, from: Data(contentsOf: file))
    }
  }

  /// Replays the golden run: 48 decaying and 32 other parameters, sine gradients, clipping.
  func replay(
    _ goldens: Goldens, _ expected: Goldens.Run,
    update: (_ p: Slab<Float>, _ g: Slab<Float>, SlabPartition, _ rate: Double, _ step: Int, _ scale: Float) ->
      Void
  ) {
    let partition = SlabPartition(
      segments: [.init(start: 0, decays: true), .init(start: 48, decays: false)], elementCount: 80)
    let pool = startedPool(threadCount: 2)
    let norm = GradientNorm(partition: partition)
    let (parameters, gradients) = (Slab<Float>(count: 80), Slab<Float>(count: 80))
    for i in 0..<80 { parameters.pointer[i] = Float(cos(Double(i))) }
    for step in 0..<goldens.rates.count {
      for i in 0..<80 {
        gradients.pointer[i] = Float(0.1 * Double(step + 1) * sin(Double(1 + i + 7 * step)))
      }
      let found = norm(gradients, pool: pool)
      #expect(abs(found / expected.norms[step] - 1) < 1e-6)
      let scale = GradientNorm.scale(norm: found, limit: goldens.limit)
      update(parameters, gradients, partition, goldens.rates[step], step + 1, scale)
      #expect(gradients.buffer.allSatisfy { $0 == 0 })
    }
    // Each of five updates adds at most a few roundings of values below 1.
    for i in 0..<80 {
      #expect(abs(parameters.pointer[i] - expected.parameters[i]) < 1e-6, "parameter \(i)")
    }
  }

  @Test func adamWEqualsPyTorch() throws {
    let goldens = try Goldens.load()
    let optimizer = AdamW(beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 0.1)
    let (first, second) = (Slab<Float>(count: 80), Slab<Float>(count: 80))
    replay(goldens, goldens.adamw) { parameters, gradients, partition, rate, step, scale in
      optimizer.update(
        parameters: parameters, gradients: gradients, firstMoments: first, secondMoments: second,
        partition: partition, learningRate: rate, step: step, gradientScale: scale,
        pool: startedPool(threadCount: 1))
    }
  }

  @Test func momentumEqualsPyTorch() throws {
    let goldens = try Goldens.load()
    let moments = Slab<Float>(count: 80)
    replay(goldens, goldens.sgd) { parameters, gradients, partition, rate, _, scale in
      SGD(momentum: 0.9).update(
        parameters: parameters, gradients: gradients, moments: moments, partition: partition,
        learningRate: rate, gradientScale: scale, pool: startedPool(threadCount: 1))
    }
  }

  /// Reference and kernel round differently: a few units in the last place of each update.
  @Test(arguments: [16, 4096 + 48, SlabPartition.blockSize * 2 + 80])
  func adamWAgreesWithTheReference(count: Int) {
    var generator = SeededGenerator(seed: UInt64(count))
    let partition = SlabPartition(segments: [.init(start: 0, decays: true)], elementCount: count)
    let slabs = (0..<4).map { _ in Slab<Float>(count: count) }
    var weights = (0..<count).map { _ in generator.signedUnit() }
    var (first, second) = ([Double](repeating: 0, count: count), [Double](repeating: 0, count: count))
    for i in 0..<count { slabs[0].pointer[i] = Float(weights[i]) }
    let optimizer = AdamW(beta1: 0.9, beta2: 0.95, epsilon: 1e-8, weightDecay: 0.1)
    for step in 1...3 {
      let gradients = (0..<count).map { _ in generator.signedUnit() }
      for i in 0..<count { slabs[1].pointer[i] = Float(gradients[i]) }
      optimizer.update(
        parameters: slabs[0], gradients: slabs[1], firstMoments: slabs[2], secondMoments: slabs[3],
        partition: partition, learningRate: 0.01, step: step, gradientScale: 1,
        pool: startedPool(threadCount: 2)
      )
      Reference.adamWStep(
        &weights, gradients: gradients, firstMoment: &first, secondMoment: &second, step: step,
        learningRate: 0.01, beta1: 0.9, beta2: 0.95, epsilon: 1e-8, weightDecay: 0.1)
    }
    let worst = (0..<count).map { abs(Double(slabs[0].pointer[$0]) - weights[$0]) }.max()!
    #expect(worst < 1e-6, "seed \(count)")
  }

  @Test func resultsDoNotDependOnTheNumberOfThreads() {
    let count = SlabPartition.blockSize * 3 + 160
    let partition = SlabPartition(
      segments: [.init(start: 0, decays: true), .init(start: 1600, decays: false)], elementCount: count)
    func run(threadCount: Int) -> ([UInt32], Double) {
      var generator = SeededGenerator(seed: 5)
      let slabs = (0..<4).map { _ in Slab<Float>(count: count) }
      for i in 0..<count {
        slabs[0].pointer[i] = Float(generator.signedUnit())
        slabs[1].pointer[i] = Float(generator.signedUnit())
      }
      let pool = startedPool(threadCount: threadCount)
      let norm = GradientNorm(partition: partition)(slabs[1], pool: pool)
      AdamW().update(
        parameters: slabs[0], gradients: slabs[1], firstMoments: slabs[2], secondMoments: slabs[3],
        partition: partition, learningRate: 0.01, step: 1, gradientScale: 0.5, pool: pool)
      return (slabs[0].values.map(\.bitPattern), norm)
    }
    let (one, three) = (run(threadCount: 1), run(threadCount: 3))
    #expect(firstDifference(one.0, three.0) == nil)
    #expect(one.1 == three.1)
  }

  @Test func theNormSeesEveryElementAndEveryNaN() {
    let count = SlabPartition.blockSize + 4096 + 32
    let partition = SlabPartition(segments: [.init(start: 0, decays: true)], elementCount: count)
    let norm = GradientNorm(partition: partition)
    let pool = startedPool(threadCount: 2)
    let gradients = Slab<Float>(count: count)
    #expect(norm(gradients, pool: pool) == 0)
    for index in [0, 17, 4095, 4096, SlabPartition.blockSize - 1, SlabPartition.blockSize, count - 1] {
      gradients.zero()
      gradients.pointer[index] = -3
      #expect(norm(gradients, pool: pool) == 3, "element \(index)")
      gradients.pointer[index] = .nan
      #expect(norm(gradients, pool: pool).isNaN, "element \(index)")
    }
    gradients.pointer[count - 1] = .infinity
    #expect(norm(gradients, pool: pool) == .infinity)
  }
}

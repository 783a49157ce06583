import Formatting
import Storage

/// The held-out run: what was predicted before it started, and what came (`fits/verification.json`).
package struct SweepVerification: Sendable, Equatable {
  package static let name = "verification"

  package var id: String
  package var model: String
  package var parameters: Int
  package var tokens: Int
  package var flops: Double
  /// How far beyond the largest fitted run it lies, as a factor of FLOPs.
  package var extrapolation: Double
  /// In nats per token; nil where the runs allowed no fit.
  package var predicted: Double?
  package var low: Double?
  package var high: Double?
  package var fittedRuns: Int
  /// What placed it: `fit`, `isoflop_minima` or `plan`; nil in sweeps from before this was written down.
  package var placedBy: String?
  /// What spoke against the fit; nil where it was taken.
  package var placedBecause: String?
  /// The run's own loss; nil until it has ended well.
  package var observed: Double?

  /// Whether the observed loss lies in the interval; nil until both are known.
  package var isInside: Bool? {
    guard let low, let high, let observed else { return nil }
    return low <= observed && observed <= high
  }
  /// ln(observed / predicted).
  package var relativeError: Double? {
    guard let predicted, let observed else { return nil }
    return observed / predicted - 1
  }

  init(_ run: PlannedRun, _ plan: SweepPlan, _ records: [SweepRecord], _ placement: Placement?) throws {
    let records = records.sorted { $0.id < $1.id }
    let record = try SweepRecord(run, plan, threads: 0)
    let fitted = records.filter { $0.role.isFitted && $0.status == .finished }
    let prediction = SweepFit(records, entropy: plan.corpus.entropyFloorInNats)?.predict(
      parameters: Double(record.parameters), tokens: Double(record.tokens))
    (id, model, parameters, tokens) = (run.id, run.size.name, record.parameters, record.tokens)
    flops = record.flops
    extrapolation = record.flops / (fitted.map(\.flops).max() ?? record.flops)
    (predicted, low, high) = (prediction?.loss, prediction?.interval.low, prediction?.interval.high)
    fittedRuns = fitted.count
    (placedBy, placedBecause) = (placement?.basis.rawValue, placement?.doubt)
  }
}

extension SweepVerification: JSONReadable, JSONConvertible {
  package var json: JSONValue {
    func number(_ value: Double?) -> JSONValue { value.map { .number($0) } ?? .null }
    func text(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }
    return [
      "id": .string(id), "model": .string(model), "params": .integer(parameters), "tokens": .integer(tokens),
      "flops": .number(flops), "extrapolation": .number(extrapolation), "fitted_runs": .integer(fittedRuns),
      "placed_by": text(placedBy), "placed_because": text(placedBecause),
      "level": 0.95, "predicted": number(predicted), "low": number(low), "high": number(high),
      "observed": number(observed), "relative_error": number(relativeError),
      "inside": isInside.map { .bool($0) } ?? .null,
    ]
  }

  package init(json node: JSONNode) throws(QuillError) {
    id = try node.value("id")
    model = try node.value("model")
    parameters = try node.value("params", in: SizeLimits.counter)
    tokens = try node.value("tokens", in: SizeLimits.counter)
    flops = try node.value("flops", in: SizeLimits.measure)
    extrapolation = try node.value("extrapolation", in: SizeLimits.measure)
    fittedRuns = try node.value("fitted_runs", in: SizeLimits.counter)
    placedBy = try node.valueIfPresent("placed_by")
    placedBecause = try node.valueIfPresent("placed_because")
    predicted = try node.valueIfPresent("predicted", in: SizeLimits.quantity)
    low = try node.valueIfPresent("low", in: SizeLimits.measure)
    high = try node.valueIfPresent("high", in: SizeLimits.measure)
    if let low, let high, low > high { throw node.error("low \(low) is above high \(high)") }
    observed = try node.valueIfPresent("observed", in: SizeLimits.measure)
  }
}

extension SweepFolder {
  /// What was predicted of the held-out run; nil before the sweep has got there.
  package func verification() throws(QuillError) -> SweepVerification? {
    let path = fitPath(SweepVerification.name)
    return FilePath.exists(path) ? try SweepVerification(json: JSONNode(file: path)) : nil
  }

  func write(_ verification: SweepVerification) throws(QuillError) {
    try writeFit(SweepVerification.name, verification.json)
  }

  /// Writes a file of `fits/`.
  func writeFit(_ name: String, _ json: JSONValue) throws(QuillError) {
    try FilePath.createFolder("fits", inside: path)
    try AtomicFile.write(fitPath(name), json.prettyText)
  }
}

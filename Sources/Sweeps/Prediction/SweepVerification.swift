import Storage

/// The held-out run: what was predicted before it started, and what came (`fits/verification.json`).
public struct SweepVerification: Sendable, Equatable {
  public static let name = "verification"

  public var id: String
  public var model: String
  public var parameters: Int
  public var tokens: Int
  public var flops: Double
  /// How far beyond the largest fitted run it lies, as a factor of FLOPs.
  public var extrapolation: Double
  /// In nats per token; nil where the runs allowed no fit.
  public var predicted: Double?
  public var low: Double?
  public var high: Double?
  public var fittedRuns: Int
  /// What placed it: `fit`, `isoflop_minima` or `plan`; nil in sweeps from before this was written down.
  public var placedBy: String?
  /// What spoke against the fit; nil where it was taken.
  public var placedBecause: String?
  /// The run's own loss; nil until it has ended well.
  public var observed: Double?

  /// Whether the observed loss lies in the interval; nil until both are known.
  public var isInside: Bool? {
    guard let low, let high, let observed else { return nil }
    return (low...high).contains(observed)
  }
  /// ln(observed / predicted).
  public var relativeError: Double? {
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
  public var json: JSONValue {
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

  public init(json node: JSONNode) throws(QuillError) {
    id = try node.value("id")
    model = try node.value("model")
    parameters = try node.value("params")
    tokens = try node.value("tokens")
    flops = try node.value("flops")
    extrapolation = try node.value("extrapolation")
    fittedRuns = try node.value("fitted_runs")
    placedBy = try node.valueIfPresent("placed_by")
    placedBecause = try node.valueIfPresent("placed_because")
    predicted = try node.valueIfPresent("predicted")
    low = try node.valueIfPresent("low")
    high = try node.valueIfPresent("high")
    observed = try node.valueIfPresent("observed")
  }
}

extension SweepFolder {
  /// What was predicted of the held-out run; nil before the sweep has got there.
  public func verification() throws(QuillError) -> SweepVerification? {
    let path = fitPath(SweepVerification.name)
    return FilePath.exists(path) ? try SweepVerification(json: JSONNode(file: path)) : nil
  }

  func write(_ verification: SweepVerification) throws(QuillError) {
    try writeFit(SweepVerification.name, verification.json)
  }

  /// Writes a file of `fits/`.
  func writeFit(_ name: String, _ json: JSONValue) throws(QuillError) {
    let path = fitPath(name)
    try FilePath.createFolder(FilePath.parent(of: path))
    try AtomicFile.write(path, json.prettyText)
  }
}

import Formatting
import Storage

/// The record as the names and values of a table's columns; `accuracy` and `problem` are left to JSON.
extension SweepRecord {
  package var columns: [(name: String, value: JSONValue)] {
    [
      ("id", .string(id)), ("role", .string(role.rawValue)), ("status", .string(status.rawValue)),
      ("model", .string(size.name)), ("layers", .integer(size.layers)), ("width", .integer(size.width)),
      ("heads", .integer(heads)), ("vocabulary", .integer(vocabulary)), ("context", .integer(context)),
      ("params", .integer(parameters)), ("params_nonembedding", .integer(nonEmbeddingParameters)),
      ("params_6n", .integer(multipliedParameters)), ("tokens", .integer(tokens)),
      ("unique_tokens", .integer(uniqueTokens)), ("flops", .number(flops)),
      ("flops_full_attention", .number(flopsFullAttention)), ("flops_6nd", .number(flops6ND)),
      ("budget", JSONValue(budget)), ("loss", JSONValue(loss)), ("loss_se", JSONValue(lossStandardError)),
      ("bits_per_byte", JSONValue(bitsPerByte)), ("train_loss", JSONValue(trainLoss)),
      ("lr", .number(learningRate)),
      ("batch_tokens", .integer(batchTokens)), ("warmup_tokens", .integer(warmupTokens)),
      ("schedule", .string(schedule)), ("decay_tokens", .integer(decayTokens)), ("seed", .integer(seed)),
      ("precision", .string(precision)), ("threads", .integer(threads)), ("seconds", .number(seconds)),
    ]
  }

  /// The names of `columns`, in order.
  package static let columnNames = [
    "id", "role", "status", "model", "layers", "width", "heads", "vocabulary", "context", "params",
    "params_nonembedding", "params_6n", "tokens", "unique_tokens", "flops", "flops_full_attention", "flops_6nd",
    "budget", "loss", "loss_se", "bits_per_byte", "train_loss", "lr", "batch_tokens", "warmup_tokens",
    "schedule",
    "decay_tokens", "seed", "precision", "threads", "seconds",
  ]

  /// A line of `runs.csv`, without its end.
  var csvLine: String {
    CSVTable.line(
      columns.map { column in
        if case .string(let text) = column.value { return text }
        return column.value == .null ? "" : column.value.compactText
      })
  }
}

extension SweepRecord: JSONReadable, JSONConvertible {
  package var json: JSONValue {
    var object = JSONObject(columns.map { ($0.name, $0.value) })
    object["accuracy"] = accuracy?.json ?? .null
    object["problem"] = problem.map { .string($0) } ?? .null
    return .object(object)
  }

  package init(json node: JSONNode) throws(QuillError) {
    func choice<Choice: RawRepresentable<String>>(_ key: String) throws(QuillError) -> Choice {
      let name: String = try node.value(key)
      guard let choice = Choice(rawValue: name) else { throw node.error("unknown \(key) '\(name)'") }
      return choice
    }
    self.init(
      id: try node.value("id"), role: try choice("role"), status: try choice("status"),
      size: ModelSize(
        width: try node.value("width", in: SizeLimits.width),
        layers: try node.value("layers", in: SizeLimits.layers)),
      heads: try node.value("heads", in: SizeLimits.heads),
      vocabulary: try node.value("vocabulary", in: SizeLimits.vocabulary),
      context: try node.value("context", in: SizeLimits.context),
      parameters: try node.value("params", in: SizeLimits.count),
      nonEmbeddingParameters: try node.value("params_nonembedding", in: SizeLimits.count),
      multipliedParameters: try node.value("params_6n", in: SizeLimits.count),
      tokens: try node.value("tokens", in: SizeLimits.count),
      uniqueTokens: try node.value("unique_tokens", in: SizeLimits.count),
      flops: try node.value("flops", in: SizeLimits.quantity),
      flopsFullAttention: try node.value("flops_full_attention", in: SizeLimits.quantity),
      flops6ND: try node.value("flops_6nd", in: SizeLimits.quantity),
      budget: try node.valueIfPresent("budget", in: SizeLimits.quantity),
      loss: try node.valueIfPresent("loss", in: SizeLimits.measure),
      lossStandardError: try node.valueIfPresent("loss_se", in: SizeLimits.measure),
      bitsPerByte: try node.valueIfPresent("bits_per_byte", in: SizeLimits.measure),
      trainLoss: try node.valueIfPresent("train_loss", in: SizeLimits.measure),
      learningRate: try node.value("lr", in: SizeLimits.measure),
      batchTokens: try node.value("batch_tokens", in: SizeLimits.count),
      warmupTokens: try node.value("warmup_tokens", in: SizeLimits.counter),
      schedule: try node.value("schedule"),
      decayTokens: try node.value("decay_tokens", in: SizeLimits.counter),
      seed: try node.value("seed", in: SweepSettings.seedRange),
      precision: try node.value("precision"), threads: try node.value("threads", in: SizeLimits.counter),
      seconds: try node.value("seconds", in: SizeLimits.measure),
      accuracy: try node.valueIfPresent("accuracy"),
      problem: try node.valueIfPresent("problem"))
  }
}

import Foundation
import Formatting
import Storage

/// Notices about the runs themselves: whether they can tell a law's terms apart, and whether they were trained alike.
enum DesignChecks {
  static func notices(_ table: RunTable, _ law: any Law) -> [Notice] {
    let rows = table.rows
    var found: [Notice?] = [
      convention(rows), rate(rows + table.rateTrials), decay(rows), warmup(rows), noise(rows),
    ]
    if law is any LawOfSizeAndData {
      found += [collinear(rows), sizes(rows), undertrained(rows)]
      if !(law is DataConstrained) { found.append(epochs(rows)) }
    }
    return found.compactMap { $0 }
  }

  private static func collinear(_ rows: [TrainedRun]) -> Notice? {
    let (n, d) = (rows.map { log($0.parameters) }, rows.map { log($0.tokens) })
    let ratios = zip(n, d).map { $1 - $0 }
    let span = exp((ratios.max() ?? 0) - (ratios.min() ?? 0))
    let correlation = correlation(n, d)
    guard abs(correlation) > 0.95 || span < 4 else { return nil }
    return Notice(
      .collinearDesign,
      "size and data move together (correlation of ln N and ln D \(Quantity.decimals(correlation, 3)), D/N spans a factor of "
        + "\(Quantity.significant(span))): alpha and beta cannot be told apart, however small the residuals.",
      remedy: "Add runs with other tokens per parameter: a factor of 4 below and above, at two sizes at least.")
  }

  private static func sizes(_ rows: [TrainedRun]) -> Notice? {
    let count = Observations(rows).sizeGroups.count
    guard count < 4 else { return nil }
    return Notice(
      .tooFewSizes,
      "\(count) model \(count == 1 ? "size carries" : "sizes carry") no evidence for a power law in N.",
      remedy: "Train at least four sizes over a factor of eight.")
  }

  private static func undertrained(_ rows: [TrainedRun]) -> Notice? {
    let few = rows.filter { $0.tokens < 2 * $0.parameters }
    guard !few.isEmpty else { return nil }
    return Notice(
      .undertrained,
      "\(few.count) of \(rows.count) runs saw fewer than 2 tokens per parameter; such runs double alpha and beta.",
      remedy: "Compare with the fit without them: \(Vocabulary.parameter("minimumRatio", "2")).")
  }

  private static func epochs(_ rows: [TrainedRun]) -> Notice? {
    let repeats = rows.compactMap { row in row.uniqueTokens.map { row.tokens / $0 } }
    guard let most = repeats.max(), most > 1.01 else { return nil }
    return Notice(
      .repeatedEpochs,
      "\(repeats.count { $0 > 1.01 }) runs repeat their data, up to \(Quantity.significant(most)) times; this form takes a "
        + "repeated token for a new one.",
      remedy: "Use \(Vocabulary.parameter("form", "data-constrained")), or a larger corpus.")
  }

  private static func noise(_ rows: [TrainedRun]) -> Notice? {
    guard RunTable(rows).seedNoise == nil else { return nil }
    return Notice(
      .noiseUnknown,
      "no two runs share N and D: the noise from seed to seed is unknown, and residuals mix it with the form's own misfit.",
      remedy: "Repeat the two smallest sizes with three seeds each.")
  }

  private static func convention(_ rows: [TrainedRun]) -> Notice? {
    var sizes: [String: Double] = [:]
    for row in rows {
      guard let model = row.model, !model.isEmpty else { continue }
      if let known = sizes[model], abs(row.parameters / known - 1) > 1e-3 {
        return Notice(
          .mixedConvention,
          "the model \(model) has N = \(Quantity.short(known)) in one row and \(Quantity.short(row.parameters)) in another "
            + "(line \(row.line)).",
          remedy: "Count parameters alike in all rows: all of them, or without embeddings, or those in 6ND.")
      }
      sizes[model] = row.parameters
    }
    return nil
  }

  /// Groups of runs that differ in the learning rate alone must have their best rate inside.
  private static func rate(_ rows: [TrainedRun]) -> Notice? {
    let tried = Dictionary(grouping: rows.filter { $0.learningRate != nil }) {
      [$0.parameters, $0.tokens, $0.batchTokens ?? 0]
    }
    for (_, group) in tried.sorted(by: { $0.key[0] < $1.key[0] }) {
      let rates = group.map { $0.learningRate! }
      guard Set(rates).count >= 3, let best = group.min(by: { $0.loss < $1.loss })?.learningRate else {
        continue
      }
      guard best == rates.min() || best == rates.max() else { continue }
      return Notice(
        .rateAtEdge,
        "at N = \(Quantity.short(group[0].parameters)) the best learning rate, \(Quantity.significant(best)), is the "
          + "\(best == rates.min() ? "lowest" : "highest") that was tried: losses are not tuned.",
        remedy: "Extend the range of rates until the best one lies inside.")
    }
    return nil
  }

  /// A cosine or linear schedule must end where the run ends.
  private static func decay(_ rows: [TrainedRun]) -> Notice? {
    let early = rows.filter { row in
      guard let schedule = row.schedule, let decay = row.decayTokens, decay > 0 else { return false }
      return ["cosine", "linear"].contains(schedule)
        && abs((decay + (row.warmupTokens ?? 0)) / row.tokens - 1) > 0.1 && abs(decay / row.tokens - 1) > 0.1
    }
    let undecayed = rows.filter { $0.schedule == "constant" }.count
    guard !early.isEmpty || (undecayed > 0 && undecayed < rows.count) else { return nil }
    return Notice(
      .decayMismatch,
      early.isEmpty
        ? "\(undecayed) of \(rows.count) runs have a constant learning rate, the others decay: their losses differ by more than size "
          + "and data."
        : "\(early.count) runs end where their schedule does not: a cosine must decay over exactly the run's tokens.",
      remedy: "Match the decay to each run's tokens, or branch off a warmup-stable-decay trunk.")
  }

  private static func warmup(_ rows: [TrainedRun]) -> Notice? {
    let long = rows.compactMap { row in row.warmupTokens.map { $0 / row.tokens } }.filter { $0 > 0.1 }
    guard let worst = long.max() else { return nil }
    return Notice(
      .longWarmup,
      "\(long.count) runs warm up for more than a tenth of their tokens, up to \(Quantity.decimals(100 * worst, 0)) %: short runs are "
        + "handicapped, which bends N*(C).", remedy: "Cap the warmup at a tenth of the run.")
  }

  static func correlation(_ a: [Double], _ b: [Double]) -> Double {
    let (meanA, meanB) = (a.reduce(0, +) / Double(a.count), b.reduce(0, +) / Double(b.count))
    var (ab, aa, bb) = (0.0, 0.0, 0.0)
    for (x, y) in zip(a, b) {
      ab += (x - meanA) * (y - meanB)
      aa += (x - meanA) * (x - meanA)
      bb += (y - meanB) * (y - meanB)
    }
    return aa > 0 && bb > 0 ? ab / (aa * bb).squareRoot() : 1
  }
}

extension RunTable {
  /// The standard deviation of ln L between runs that differ in nothing but the seed; nil where no two share N and D.
  package var seedNoise: Double? {
    let groups = Dictionary(grouping: rows) { [$0.parameters, $0.tokens, $0.learningRate ?? 0] }.values
      .filter { $0.count > 1 }
    guard !groups.isEmpty else { return nil }
    var (squares, degrees) = (0.0, 0)
    for group in groups {
      let logs = group.map { log($0.loss) }
      let mean = logs.reduce(0, +) / Double(logs.count)
      squares += logs.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      degrees += group.count - 1
    }
    return (squares / Double(degrees)).squareRoot()
  }
}

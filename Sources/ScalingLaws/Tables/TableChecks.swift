import Foundation
import Formatting

/// Notices about a table that need no fit: duplicates, units, conventions.
enum TableChecks {
  static func notices(_ rows: [TrainedRun]) -> [Notice] {
    [duplicates(rows), units(rows), lossUnits(rows), computeConvention(rows)].compactMap { $0 }
  }

  /// Two rows with the same N, D and loss are one run read twice; repeats with other seeds differ in the loss.
  private static func duplicates(_ rows: [TrainedRun]) -> Notice? {
    var seen: [[UInt64]: Int] = [:]
    var pairs: [(Int, Int)] = []
    for row in rows {
      let key = [row.parameters, row.tokens, row.loss].map(\.bitPattern)
      if let first = seen[key] { pairs.append((first, row.line)) } else { seen[key] = row.line }
    }
    guard let (first, second) = pairs.first else { return nil }
    return Notice(
      .duplicateRows,
      "\(pairs.count) \(pairs.count == 1 ? "row repeats" : "rows repeat") another one exactly (such as lines \(first) and "
        + "\(second)); each copy counts as a run, which narrows every interval without right.",
      remedy: "Delete the copies.")
  }

  private static func units(_ rows: [TrainedRun]) -> Notice? {
    guard let largestModel = rows.map(\.parameters).max(), let longest = rows.map(\.tokens).max() else {
      return nil
    }
    let (quantity, value) = largestModel < 3000 ? ("N", largestModel) : ("D", longest)
    guard largestModel < 3000 || longest < 10_000 else { return nil }
    return Notice(
      .suspiciousUnits,
      "the largest \(quantity) is \(Quantity.significant(value)): it may be counted in millions or billions.",
      remedy:
        "Write parameters and tokens as plain counts; exponents stay, but A, B and every frontier are wrong.")
  }

  private static func lossUnits(_ rows: [TrainedRun]) -> Notice? {
    guard let low = rows.map(\.loss).min(), let high = rows.map(\.loss).max(), high > 12 || high / low > 8
    else {
      return nil
    }
    return Notice(
      .mixedLossUnits,
      "losses run from \(Quantity.significant(low)) to \(Quantity.significant(high)): nats per token lie below 12; these "
        + "may be perplexities, sums, or a mixture of units or tokenizers.",
      remedy: "Give every row in nats per token of one tokenizer (ln of a perplexity), or all in bits per byte."
    )
  }

  private static func computeConvention(_ rows: [TrainedRun]) -> Notice? {
    let ratios = rows.compactMap { row in row.flops.map { $0 / (6 * row.parameters * row.tokens) } }
    let off = ratios.filter { abs($0 - 1) > 0.05 }
    guard let low = ratios.min(), let high = ratios.max(), !off.isEmpty else { return nil }
    return Notice(
      .computeNot6ND,
      "\(off.count) of \(ratios.count) rows have C/(6ND) more than 5 % from 1 (from \(Quantity.significant(low)) to "
        + "\(Quantity.significant(high))).",
      remedy:
        "Frontiers under C = 6ND and under the table's own FLOPs differ; both are printed. Quote the convention."
    )
  }
}

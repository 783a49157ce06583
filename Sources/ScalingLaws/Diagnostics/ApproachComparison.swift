import Foundation
import Formatting

/// The exponents of the frontier by every approach that the table allows, side by side.
package struct ApproachComparison: Sendable {
  package struct Row: Sendable {
    package let name: String
    /// a in N* ∝ C^a; nil where the approach has no answer.
    package let a: Double?
    package let aStandardError: Double
    /// b in D* ∝ C^b.
    package let b: Double?
    package let bStandardError: Double
    /// What the row rests on: "7 budgets, 1 rejected".
    package let basis: String
  }

  package let rows: [Row]
  package let notices: [Notice]

  /// - Parameters:
  ///   - fit: approach 3.
  ///   - standardError: standard error of the fit's a.
  ///   - curves: smoothed training losses of runs whose every point might have been a run's end; they make an envelope of their
  ///     own, as their losses are not decayed.
  package init(_ table: [TrainedRun], _ fit: LawFit, standardError: Double, curves: [Envelope.Curve] = []) {
    var rows = [
      Self.row("1 envelope", Envelope(table), of: "final losses"),
      Self.row("1 curves", Envelope(curves), of: "\(curves.count) curves at a constant rate"),
    ].compactMap { $0 }
    var notices: [Notice] = []
    let noise = RunTable(table).seedNoise
    for method in IsoFLOPProfiles.Method.allCases {
      let size = IsoFLOPProfiles(table, in: .parameters, by: method, noise: noise)
      let data = IsoFLOPProfiles(table, in: .tokens, by: method, noise: noise)
      let full = size.profiles.filter { $0.rows.count >= 4 }.count
      guard full > 0 else { continue }
      let rejected = size.rejected.filter { $0.reason != .tooFewRuns }
      rows.append(
        Row(
          name: "2 \(method.rawValue)", a: size.trend?.exponent,
          aStandardError: size.trend?.standardError ?? .nan,
          b: data.trend?.exponent, bStandardError: data.trend?.standardError ?? .nan,
          basis: "\(size.minima.count) budgets\(rejected.isEmpty ? "" : ", \(rejected.count) rejected")"))
      let edges = rejected.filter { $0.reason == .minimumAtEdge }
      if method == .parabola, !edges.isEmpty {
        let budgets = edges.map { Quantity.significant($0.flops) }.joined(separator: ", ")
        notices.append(
          Notice(
            .minimumAtEdge, "the best size is the smallest or the largest that was tried at C = \(budgets).",
            remedy: "Add smaller or larger models at those budgets; they are left out of approach 2."))
      }
    }
    let frontier = Frontier(fit.law, fit.theta)
    if frontier.exists {
      let middle = exp(fit.observations.lnCompute.reduce(0, +) / Double(fit.observations.count))
      let a = frontier.exponent(near: middle)
      rows.append(
        Row(
          name: "3 \(fit.law.form)", a: a, aStandardError: standardError, b: 1 - a,
          bStandardError: standardError,
          basis: "\(fit.observations.count) runs"))
    }
    self.rows = rows
    self.notices = notices + Self.disagreement(rows)
  }

  /// Nil with fewer than three sizes on the envelope.
  private static func row(_ name: String, _ envelope: Envelope, of basis: String) -> Row? {
    guard let n = envelope.parameters, let d = envelope.tokens else { return nil }
    return Row(
      name: name, a: n.exponent, aStandardError: n.standardError, b: d.exponent,
      bStandardError: d.standardError,
      basis: "\(envelope.sizeCount) sizes on it, \(basis)")
  }

  /// Approaches whose a differ by more than two standard errors of the difference.
  private static func disagreement(_ rows: [Row]) -> [Notice] {
    guard let last = rows.last, let a = last.a, last.aStandardError.isFinite else { return [] }
    for row in rows.dropLast() {
      guard let other = row.a, row.aStandardError.isFinite else { continue }
      let error = (row.aStandardError * row.aStandardError + last.aStandardError * last.aStandardError)
        .squareRoot()
      guard abs(a - other) > 2 * error else { continue }
      return [
        Notice(
          .approachesDisagree,
          "approach \(row.name) gives a = \(Quantity.decimals(other, 3)), approach \(last.name) \(Quantity.decimals(a, 3)): "
            + "\(Quantity.decimals(abs(a - other) / error, 1)) standard errors apart.",
          remedy: "Quote both; look for runs off the common schedule, and for curvature that the form lacks.")
      ]
    }
    return []
  }
}

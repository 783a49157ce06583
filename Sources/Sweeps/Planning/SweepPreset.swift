import Storage
import Formatting

/// A named ladder of compute budgets.
package struct SweepPreset: Sendable {
  package let name: String
  package let summary: String
  /// Training FLOPs of a run: half a decade apart, ascending. A vocabulary whose family begins too high raises the lowest
  /// (`SweepDraft.raisesLowest`).
  package let budgets: [Double]
  package let questions: Int

  package static let all = [
    SweepPreset(
      name: "quick", summary: "6e10 to 1.9e12 FLOPs a run: minutes on two cores", lowest: 6e10, count: 4,
      questions: 128),
    SweepPreset(
      name: "standard", summary: "1e12 to 1e14: hours", lowest: 1e12, count: 5,
      questions: 256),
    SweepPreset(
      name: "overnight", summary: "1e12 to 1e15: a day", lowest: 1e12, count: 7,
      questions: 512),
  ]

  private init(
    name: String, summary: String, lowest: Double, count: Int, questions: Int
  ) {
    (self.name, self.summary, self.questions) = (name, summary, questions)
    budgets = Self.ladder(from: lowest, count: count)
  }

  /// - Throws: `QuillError` of kind `.usage` that names the nearest preset.
  package static func named(_ name: String) throws(QuillError) -> SweepPreset {
    if let preset = all.first(where: { $0.name == name }) { return preset }
    let nearest = NearestName.nearest(to: name, among: all.map(\.name)) ?? ""
    throw QuillError(
      .usage, at: Vocabulary.parameter("preset", name), "unknown preset; the nearest one is '\(nearest)'",
      remedy: "The presets are \(all.map(\.name).joined(separator: ", ")).")
  }

  /// Budgets half a decade apart, rounded to three digits so that they read well.
  static func ladder(from lowest: Double, count: Int) -> [Double] {
    (0..<count).map { index in
      let budget = lowest * (index % 2 == 0 ? 1 : 3.1622776601683795) * power(of: 10, index / 2)
      return Double(Quantity.significant(budget)) ?? budget
    }
  }

  private static func power(of base: Double, _ exponent: Int) -> Double {
    (0..<exponent).reduce(1) { result, _ in result * base }
  }
}

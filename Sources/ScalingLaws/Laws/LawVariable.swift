/// What a law of one variable is a function of.
public enum LawVariable: String, Sendable, CaseIterable {
  case parameters = "params"
  case tokens
  case compute = "flops"

  /// Its letter in formulas.
  package var symbol: String {
    switch self {
    case .parameters: "N"
    case .tokens: "D"
    case .compute: "C"
    }
  }

  func logarithms(_ x: Observations) -> [Double] {
    switch self {
    case .parameters: x.lnParameters
    case .tokens: x.lnTokens
    case .compute: x.lnCompute
    }
  }
}

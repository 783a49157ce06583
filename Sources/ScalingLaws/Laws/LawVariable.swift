/// What a law of one variable is a function of.
public enum LawVariable: String, Sendable, CaseIterable {
  /// N: how many parameters a model has.
  case parameters = "params"
  /// D: how many tokens it was trained on.
  case tokens
  /// C: how many FLOPs training took.
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

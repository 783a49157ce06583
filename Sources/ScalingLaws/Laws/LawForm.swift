/// Every form of law by its name on the command line.
public enum LawForm: String, Sendable, CaseIterable {
  case power, saturating, kaplan
  case kaplanSteps = "kaplan-steps"
  case chinchilla, interaction, overtraining
  case dataConstrained = "data-constrained"
  case broken

  /// - Parameters:
  ///   - variable: what laws of one variable are a function of.
  ///   - x: the rows; where a law's search depends on them.
  ///   - breaks: of ``BrokenPowerLaw``.
  package func law(of variable: LawVariable, _ x: Observations, breaks: Int = 1) -> any Law {
    switch self {
    case .power: PowerLaw(of: variable)
    case .saturating: SaturatingPowerLaw(of: variable)
    case .kaplan: KaplanJoint()
    case .kaplanSteps: KaplanSteps()
    case .chinchilla: Chinchilla()
    case .interaction: InteractionLaw()
    case .overtraining: OverTraining()
    case .dataConstrained: DataConstrained()
    case .broken: BrokenPowerLaw(of: variable, x, breaks: breaks)
    }
  }
}

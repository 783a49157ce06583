/// Every form of law that can be fitted.
public enum LawForm: String, Sendable, CaseIterable {
  /// L = A·x^-α, over one variable. Kaplan et al. 2020, arXiv:2001.08361.
  case power
  /// L = E + A·x^-α, over one variable. Henighan et al. 2020, arXiv:2010.14701.
  case saturating
  /// L = [(Nc/N)^(αN/αD) + Dc/D]^αD. Kaplan et al. 2020, equation 1.5.
  case kaplan
  /// L = (Nc/N)^αN + (Sc/S)^αS. Kaplan et al. 2020, equation 1.6.
  case kaplanSteps = "kaplan-steps"
  /// L = E + A·N^-α + B·D^-β. Hoffmann et al. 2022, arXiv:2203.15556.
  case chinchilla
  /// The same with a coupling of size and data: + K·N^-α·D^-β.
  case interaction
  /// L = E + A·N^-η + B·6^(-η/2)·D^-η: reducible loss falls with compute alike at every ratio. Gadre et al. 2024,
  /// arXiv:2403.08540.
  case overtraining
  /// Chinchilla's law with discounts for repeated tokens and excess parameters. Muennighoff et al. 2023, arXiv:2305.16264.
  case dataConstrained = "data-constrained"
  /// A saturating power law with one to three smooth breaks. Caballero et al. 2022, arXiv:2210.14891.
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

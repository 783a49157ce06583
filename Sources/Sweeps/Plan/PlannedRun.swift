import Formatting
import Storage
import Training

/// One run of a plan: what is trained, and why.
package struct PlannedRun: Sendable, Equatable {
  /// Hash of everything that decides the result; the name of the run's folder.
  package let id: String
  package let role: RunRole
  /// Training FLOPs that the run was made for, where it was; it takes them to within half a step.
  package let budget: Double?
  /// Resolved, with a definite precision and `threads` 0: threads do not change a result.
  package let configuration: RunConfiguration
  /// The run whose checkpoint this one goes on from, and the step of the checkpoint.
  package let parent: String?
  package let parentStep: Int?
  /// The steps of which a trunk keeps checkpoints.
  package let branchSteps: [Int]

  package var size: ModelSize {
    ModelSize(width: configuration.model.width, layers: configuration.model.layers)
  }
  package var seed: Int { configuration.train.seed }
  package var tokensPerStep: Int { configuration.train.windowsPerStep * configuration.model.context }
  /// Tokens from the beginning, those of the parent included.
  package var tokens: Int { configuration.train.steps! * tokensPerStep }
  /// Tokens that this run itself trains on: its cost.
  package var ownTokens: Int { (configuration.train.steps! - (parentStep ?? 0)) * tokensPerStep }

  /// - Parameter basis: what decides the result besides the configuration: see `SweepPlan.identityBasis`.
  init(
    _ role: RunRole, budget: Double?, _ configuration: RunConfiguration, basis: JSONValue,
    parent: PlannedRun? = nil, parentStep: Int? = nil, branchSteps: [Int] = []
  ) {
    self.role = role
    self.budget = budget
    self.configuration = configuration
    self.parent = parent?.id
    self.parentStep = parentStep
    self.branchSteps = branchSteps
    let identity: JSONValue = [
      "basis": basis, "role": .string(role.rawValue), "configuration": configuration.json,
      "parent": parent.map { .string($0.id) } ?? .null,
      "parent_step": parentStep.map { .integer($0) } ?? .null, "branch_steps": JSONValue(branchSteps),
    ]
    id = String(SHA256.hash(Array(identity.compactText.utf8)).hexadecimal.prefix(12))
  }
}

extension PlannedRun: JSONReadable, JSONConvertible {
  package var json: JSONValue {
    [
      "id": .string(id), "role": .string(role.rawValue), "model": .string(size.name),
      "budget": budget.map { .number($0) } ?? .null, "tokens": .integer(tokens),
      "parent": parent.map { .string($0) } ?? .null, "parent_step": parentStep.map { .integer($0) } ?? .null,
      "branch_steps": JSONValue(branchSteps), "configuration": configuration.json,
    ]
  }

  package init(json node: JSONNode) throws(QuillError) {
    id = try node.value("id")
    let name: String = try node.value("role")
    guard let role = RunRole(rawValue: name) else { throw node.error("unknown role '\(name)'") }
    self.role = role
    budget = try node.valueIfPresent("budget", in: SizeLimits.quantity)
    configuration = try RunConfiguration(definite: try node.value("configuration", as: JSONNode.self))
    let steps = configuration.train.steps!
    // What `tokens` multiplies.
    let (windows, context) = (configuration.train.windowsPerStep, configuration.model.context)
    _ = try checkedProduct("\(node.place), the tokens of a run", steps, windows, context, kind: .badData)
    parent = try node.valueIfPresent("parent")
    parentStep = try node.valueIfPresent("parent_step", in: .within(0...steps))
    branchSteps = try node.values("branch_steps", in: .within(0...steps))
    guard id.utf8.count == 12, id.allSatisfy({ $0.isASCII && $0.isHexDigit }) else {
      throw node.error("'\(id)' is no run's id")
    }
  }
}

/// How a run of a sweep ended. A crash or a loss that is not a number is a row, not a gap.
package enum RunStatus: String, Sendable, Codable, CaseIterable {
  case finished, diverged, failed
}

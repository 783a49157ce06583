/// The settings of a run, by the keys that a JSON5 file and `--set` use.
public struct RunConfiguration: Sendable, Equatable {
  public init() {}
}

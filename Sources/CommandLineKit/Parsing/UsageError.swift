/// The command line asks for something that cannot be (exit code 64).
public struct UsageError: Error, Equatable, CustomStringConvertible {
  public let description: String

  public init(_ description: String) { self.description = description }
}

/// Asks for the help of the command that throws it.
public struct HelpRequest: Error {}

/// Asks for the version.
struct VersionRequest: Error {}

/// An error that knows the exit code it calls for.
///
/// Errors that are neither this nor a ``UsageError`` exit with 70, an internal error.
public protocol ExitCodeProviding: Error {
  var exitCode: Int32 { get }
}

/// Ends the program with a code and nothing more to say.
public struct ExitRequest: ExitCodeProviding {
  public let exitCode: Int32

  public init(_ exitCode: Int32) { self.exitCode = exitCode }
}

/// The exit codes of sysexits(3) that Quill uses.
public enum ExitCode {
  public static let success: Int32 = 0
  public static let usage: Int32 = 64
  public static let badData: Int32 = 65
  public static let missingInput: Int32 = 66
  public static let `internal`: Int32 = 70
  public static let inputOutput: Int32 = 74
}

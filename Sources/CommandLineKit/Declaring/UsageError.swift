/// The command line asks for something that cannot be (exit code 64).
package struct UsageError: Error, Equatable, CustomStringConvertible {
  package let description: String

  package init(_ description: String) { self.description = description }
}

/// Asks for the help of the command that throws it.
package struct HelpRequest: Error {}

/// Asks for the version.
struct VersionRequest: Error {}

/// An error that knows the exit code it calls for.
///
/// Errors that are neither this nor a ``UsageError`` exit with 70, an internal error.
package protocol ExitCodeProviding: Error {
  var exitCode: Int32 { get }
}

/// Ends the program with a code and nothing more to say.
package struct ExitRequest: ExitCodeProviding {
  package let exitCode: Int32

  package init(_ exitCode: Int32) { self.exitCode = exitCode }
}

/// The exit codes of sysexits(3) that Quill uses.
package enum ExitCode {
  package static let success: Int32 = 0
  package static let usage: Int32 = 64
  package static let badData: Int32 = 65
  package static let missingInput: Int32 = 66
  /// The machine cannot do it: the processor lacks instructions that the program is built of.
  package static let unavailable: Int32 = 69
  package static let `internal`: Int32 = 70
  package static let inputOutput: Int32 = 74
}

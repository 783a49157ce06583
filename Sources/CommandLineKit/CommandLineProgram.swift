import Formatting

/// A root command run as a whole program: parse, run, report, exit code.
package struct CommandLineProgram {
  let root: any Command.Type

  package init(_ root: any Command.Type) { self.root = root }

  /// What one run wants said, and the exit code.
  package struct Outcome: Equatable, Sendable {
    package var standardOutput = ""
    package var standardError = ""
    package var exitCode: Int32 = ExitCode.success
  }

  /// Parses `arguments` (without the program's name) and runs the command they spell.
  ///
  /// What the command itself prints is not in the outcome.
  package func run(_ arguments: [String], width: Int = 80) -> Outcome {
    var parser = CommandParser(root: root)
    do {
      try parser.parse(arguments).run()
      return Outcome()
    } catch is HelpRequest {
      return Outcome(standardOutput: HelpText(path: parser.path).rendered(width: width) + "\n")
    } catch is VersionRequest {
      return Outcome(standardOutput: (root.configuration.version ?? "") + "\n")
    } catch let error as UsageError {
      return Outcome(
        standardError: Self.message(error) + usageLines(parser.path), exitCode: ExitCode.usage)
    } catch let error as ExitRequest {
      return Outcome(exitCode: error.exitCode)
    } catch let error as any ExitCodeProviding {
      let seeAlso = error.exitCode == ExitCode.usage ? usageLines(parser.path) : ""
      return Outcome(standardError: Self.message(error) + seeAlso, exitCode: error.exitCode)
    } catch {
      return Outcome(standardError: Self.message(error), exitCode: ExitCode.internal)
    }
  }

  /// The line that says what went wrong, whatever stands in the names and texts that it quotes.
  private static func message(_ error: any Error) -> String { "Error: \(Escaped.message("\(error)"))\n" }

  private func usageLines(_ path: [any Command.Type]) -> String {
    let name = path.map { $0.configuration.name }.joined(separator: " ")
    return "Usage: \(HelpText(path: path).usage)\n  See '\(name) --help' for more information.\n"
  }
}

import CommandLineKit
import Storage

extension QuillError: ExitCodeProviding {
  package var exitCode: Int32 {
    switch kind {
    case .usage: ExitCode.usage
    case .badData, .divergence: ExitCode.badData
    case .missingInput: ExitCode.missingInput
    case .internal: ExitCode.internal
    case .inputOutput: ExitCode.inputOutput
    }
  }
}

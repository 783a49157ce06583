import CommandLineKit
import Quill
import Storage

/// The text that a model is to continue, wherever it comes from.
enum PromptInput {
  /// How long a pipe may keep its first byte back before the model begins without it.
  private static let patienceInMilliseconds = 200

  /// The bytes of the option `--prompt`, of standard input where it is `-`, and of what is piped in where it is not given.
  ///
  /// - Returns: the bytes; and a line for standard error where a pipe stood open and nothing came.
  /// - Throws: `QuillError` of kind `.inputOutput` where standard input cannot be read.
  static func bytes(_ option: String?) throws(QuillError) -> (bytes: [UInt8], notice: String?) {
    if let option, option != "-" { return (Array(option.utf8), nil) }
    if option == nil {
      switch StandardInput.state(patienceInMilliseconds) {
      case .terminal, .empty: return ([], nil)
      case .silent:
        return (
          [], "nothing came through standard input, so the model begins a new text; '--prompt -' waits for one"
        )
      case .ready: break
      }
    }
    return (try FileStream("-").readToEnd(), nil)
  }
}

import CommandLineKit
import Tokenization

/// `quill tokenizer`: everything between text and token ids.
struct TokenizerCommand: Command {
  static let configuration = CommandConfiguration(
    "tokenizer", abstract: "Train tokenizers; turn text into token ids and back.",
    subcommands: [TokenizerTrain.self, TokenizerEncode.self, TokenizerDecode.self])
}

extension TokenizerKind: ArgumentValue {}
extension SplitPattern: ArgumentValue {}

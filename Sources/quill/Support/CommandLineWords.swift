import Formatting
import Storage

/// The words of the command line: what a remedy names can be pasted.
struct CommandLineWords: Vocabulary.Words {
  /// Options that are called otherwise than the parameter, but for the case.
  private static let options = [
    "bannedStrings": "ban-string", "bannedTokens": "ban-token",
    "evaluationWindows": "eval-windows", "learningRateScale": "lr-scale", "maximumEpochs": "max-epochs",
    "minimumRatio": "min-ratio", "resuming": "resume", "vocabularySize": "vocab-size",
  ]

  /// `topK` is `--top-k`.
  func parameter(_ name: String, _ value: String?) -> String {
    var option = Self.options[name] ?? ""
    if option.isEmpty {
      for character in name {
        option += character.isUppercase ? "-\(character.lowercased())" : String(character)
      }
    }
    return "--\(option)" + (value.map { " \($0)" } ?? "")
  }

  func setting(_ key: String, _ value: String?) -> String {
    "--set \(key)" + (value.map { "=\($0)" } ?? "")
  }

  func task(_ task: Vocabulary.Task) -> String {
    switch task {
    case .packCorpus(let text):
      text.map { "'quill corpus pack \(quoted($0)) --tokenizer FILE --output FOLDER'" } ?? "'quill corpus pack'"
    case .train(let output): "'quill train --corpus CORPUS\(output.map { " --output \(quoted($0))" } ?? "")'"
    case .planSweep(let folder): "'quill sweep plan \(quoted(folder))'"
    case .runSweep(let folder): "'quill sweep run\(folder.map { " \(quoted($0))" } ?? "")'"
    }
  }

  /// A path as a shell reads it, also inside the single quotes of a sentence: backslashes, but for what they cannot write.
  private func quoted(_ path: String) -> String {
    if path.isEmpty || path.unicodeScalars.contains(where: Escaped.isControl) { return Escaped.shell(path) }
    return path.unicodeScalars.map { scalar in
      let isPlain =
        scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
        || "/._-+,:=@%".unicodeScalars.contains(scalar)
      return isPlain ? "\(scalar)" : "\\\(scalar)"
    }.joined()
  }
}

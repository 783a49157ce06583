import Formatting
import LineEditing
import Storage

/// What the Tab key offers: commands, settings, files.
enum ReplCompletion {
  /// - Returns: nil in a text, where a tab is a tab.
  static func complete(_ line: String) -> Completion? {
    guard line.hasPrefix("/"), !line.hasPrefix("//"), !line.contains("\n") else { return nil }
    guard let space = line.firstIndex(of: " ") else {
      let name = String(line.dropFirst())
      return words(ReplVerb.names, beginning: name)
    }
    let command = String(line[line.index(after: line.startIndex)..<space])
    let argument = line[line.index(after: space)...]
    switch ReplVerb(rawValue: command) {
    case .help: return words(ReplVerb.names, beginning: String(argument))
    case .set where !argument.contains(" "): return words(ReplSettings.names, beginning: String(argument))
    case .read, .save, .load, .model, .compare, .attend, .lens:
      return path(String(argument.split(separator: " ", omittingEmptySubsequences: false).last ?? ""))
    default: return Completion(replacedCount: 0, candidates: [])
    }
  }

  private static func words(_ names: [String], beginning: String) -> Completion {
    Completion(
      replacedCount: beginning.unicodeScalars.count,
      candidates: names.filter { $0.hasPrefix(beginning) }.sorted())
  }

  /// Names that the line could not show or that would be taken for several words are left out.
  private static func path(_ beginning: String) -> Completion {
    let name =
      beginning.lastIndex(of: "/").map { String(beginning[beginning.index(after: $0)...]) } ?? beginning
    let folder = String(beginning.dropLast(name.count))
    let shown = folder.isEmpty ? "." : replPath(folder)
    let names = ((try? FilePath.list(shown)) ?? []).filter { candidate in
      candidate.hasPrefix(name) && (name.hasPrefix(".") || !candidate.hasPrefix("."))
        && !candidate.unicodeScalars.contains { Escaped.isControl($0) || " \"'\\".unicodeScalars.contains($0) }
    }.sorted()
    let candidates = names.map { folder + $0 + (FilePath.isFolder(FilePath.join(shown, $0)) ? "/" : "") }
    return Completion(
      replacedCount: beginning.unicodeScalars.count, candidates: candidates,
      endsWord: candidates.first?.hasSuffix("/") != true)
  }
}

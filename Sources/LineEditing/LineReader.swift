import Foundation
import Machine
import Storage

/// Reads what a person enters, line by line.
///
///     let lines = LineReader(history: InputHistory(path: InputHistory.usualPath())) { line in complete(line) }
///     while case .text(let line) = try lines.read(prompt: "> ") { … }
///
/// At a terminal, lines are edited and remembered with libedit; where standard input is none, where `TERM` is `dumb` or not set, or in a
/// program built without the library, they are read as they come.
package final class LineReader {
  /// Where prompts are to be shown; nil where nobody looks.
  package enum Mode: Sendable, Equatable {
    case editing
    case plain
    /// No terminal: no prompts.
    case silent
  }

  package let mode: Mode
  package private(set) var history: InputHistory
  private let input = InputBytes()
  #if canImport(CEdit)
    private var editor: TerminalEditor?
  #endif

  /// - Parameter complete: what the text before the cursor could become; nil puts in a tab.
  package init(history: InputHistory, complete: @escaping (_ line: String) -> Completion?) {
    self.history = history
    let isTerminal = isatty(STDIN_FILENO) == 1
    let terminal = ProcessInfo.processInfo.environment["TERM"] ?? ""
    let canEdit = isTerminal && isatty(STDERR_FILENO) == 1 && terminal != "dumb" && !terminal.isEmpty
    #if canImport(CEdit)
      editor = canEdit ? TerminalEditor(input, complete: complete) : nil
      mode = editor != nil ? .editing : isTerminal ? .plain : .silent
      for entry in history.entries { editor?.remember(entry) }
    #else
      mode = isTerminal ? .plain : .silent
    #endif
  }

  /// Whether the program was built with libedit.
  package static var hasEditing: Bool {
    #if canImport(CEdit)
      true
    #else
      false
    #endif
  }

  /// The next line.
  ///
  /// - Parameters:
  ///   - prompt: shown on standard error where standard input is a terminal.
  ///   - text: what stands on the line already, where lines are edited.
  /// - Throws: `QuillError` of kind `.inputOutput` where standard input cannot be read.
  package func read(prompt: String, text: String = "") throws(QuillError) -> EnteredLine {
    #if canImport(CEdit)
      if let editor { return try editor.read(prompt: prompt, text: text) }
    #endif
    if mode == .plain { FileHandle.standardError.write(Data(prompt.utf8)) }
    return try input.line()
  }

  /// Remembers what was entered, for the arrow keys and for later runs.
  package func remember(_ entry: String) {
    guard mode == .editing else { return }
    let count = history.entries.count
    history.add(entry)
    #if canImport(CEdit)
      if history.entries.count > count { editor?.remember(entry) }
    #endif
  }

  /// Keeps what was entered for later runs.
  ///
  /// - Throws: `QuillError` where the history cannot be written.
  package func saveHistory() throws(QuillError) { try history.save() }
}

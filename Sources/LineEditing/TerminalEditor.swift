#if canImport(CEdit)
  import CEdit
  import Foundation
  import Formatting
  import Machine
  import Storage

  // SAFETY: `edit` and `history` live as long as this object; what libedit is given points to memory that this object owns (prompt, names of commands)
  // or that libedit copies (keys, entries). Its functions are called on the thread that reads, while `current` is this editor.

  /// Lines edited with libedit on standard error.
  final class TerminalEditor {
    private let edit: OpaquePointer
    private let history: OpaquePointer
    private let input: InputBytes
    private let complete: (String) -> Completion?
    private var prompt: UnsafeMutablePointer<wchar_t>
    /// The names of commands, which libedit does not copy.
    private var names: [UnsafeMutablePointer<wchar_t>] = []
    private var pastes = Pastes()
    /// What is yet to be put on the line.
    private var given: Substring.UnicodeScalarView = .init()
    private var wasInterrupted = false
    private var failure: QuillError?

    /// The editor that reads: libedit's functions are plain C, and one line is read at a time.
    private nonisolated(unsafe) static var current: TerminalEditor?

    /// Nil where the terminal cannot be edited on.
    init?(_ input: InputBytes, complete: @escaping (String) -> Completion?) {
      Self.useUnicode()
      guard let history = history_winit() else { return nil }
      guard let edit = quill_edit_start("quill") else {
        history_wend(history)
        return nil
      }
      (self.edit, self.history, self.input, self.complete) = (edit, history, input, complete)
      prompt = Self.wide("")
      _ = quill_history_limit(history, Int32(InputHistory.largestCount))
      _ = quill_edit_set_history(edit, history)
      _ = quill_edit_use_emacs_keys(edit)
      _ = quill_edit_ignore_signals(edit)
      // A person's own ~/.editrc.
      _ = el_source(edit, nil)
      _ = quill_edit_set_prompt(edit) { _ in TerminalEditor.current?.prompt }
      _ = quill_edit_set_reader(edit) { _, character in TerminalEditor.current?.next(character) ?? -1 }
      add("quill-paste", "\u{1B}[200~") { _, _ in TerminalEditor.current?.paste() ?? 0 }
      add("quill-interrupt", "\u{3}") { _, _ in TerminalEditor.current?.interrupt() ?? 0 }
      add("quill-complete", "\t") { _, _ in TerminalEditor.current?.completeWord() ?? 0 }
      bind("ed-search-prev-history", "\u{1B}p")
    }

    deinit {
      el_end(edit)
      history_wend(history)
      prompt.deallocate()
      for name in names { name.deallocate() }
    }

    private func add(_ name: String, _ key: String, _ command: quill_edit_command?) {
      let words = [Self.wide(name), Self.wide("of quill")]
      names += words
      _ = quill_edit_add(edit, words[0], words[1], command)
      bind(name, key)
    }

    private func bind(_ name: String, _ key: String) {
      Self.withWide(name) { name in Self.withWide(key) { _ = quill_edit_bind(edit, $0, name) } }
    }

    /// libedit reads and shows characters as the locale has them; where that is not UTF-8, as on a bare machine, C.UTF-8 is used.
    private static func useUnicode() {
      let isUnicode = setlocale(LC_CTYPE, "") != nil && String(cString: nl_langinfo(Int32(CODESET))) == "UTF-8"
      if !isUnicode { _ = setlocale(LC_CTYPE, "C.UTF-8") }
    }

    func remember(_ entry: String) { Self.withWide(entry) { _ = quill_history_add(history, $0) } }

    // MARK: Reading

    func read(prompt text: String, text given: String) throws(QuillError) -> EnteredLine {
      prompt.deallocate()
      prompt = Self.wide(text)
      (pastes, wasInterrupted, failure) = (Pastes(), false, nil)
      self.given = given.isEmpty ? .init() : Substring(pastes.add(Array(given.utf8))).unicodeScalars
      Self.current = self
      // Before the prompt: what is typed at its sight is for the editor.
      _ = quill_edit_prepare_terminal(edit, 1)
      Self.send("\u{1B}[?2004h")
      defer {
        Self.send("\u{1B}[?2004l")
        Self.current = nil
      }
      var count: Int32 = 0
      let line = el_wgets(edit, &count)
      if let failure { throw failure }
      var scalars = String.UnicodeScalarView()
      if let line {
        for index in 0..<max(0, Int(count)) { scalars.append(Self.scalar(line[index])) }
      }
      if wasInterrupted {
        Self.send("^C\n")
        return .interruption(droppedText: !scalars.isEmpty)
      }
      guard line != nil, count > 0 else {
        Self.send("\n")
        return .end
      }
      if scalars.last == "\n" { scalars.removeLast() }
      return .text(Array(pastes.expanded(String(scalars)).utf8))
    }

    /// Gives libedit the next character; 1 where there is one, 0 at the end, -1 where reading failed.
    private func next(_ character: UnsafeMutablePointer<wchar_t>?) -> Int32 {
      // What stands on the line already comes as if it were typed.
      if let first = given.popFirst() {
        character?.pointee = wchar_t(first.value)
        return 1
      }
      var bytes: [UInt8] = []
      while true {
        do throws(QuillError) {
          switch try input.take() {
          case .byte(let byte): bytes.append(byte)
          case .end: return 0
          case .interruption: bytes = [3]
          case .terminalChange:
            // After a stop the shell has changed the terminal's modes.
            _ = quill_edit_prepare_terminal(edit, 1)
            el_resize(edit)
            Self.send("\r\u{1B}[J")
            _ = quill_edit_refresh(edit)
            continue
          }
        } catch {
          failure = error
          return -1
        }
        if Self.isIncomplete(bytes) { continue }
        let text = String(decoding: bytes, as: UTF8.self)
        character?.pointee = wchar_t(text.unicodeScalars.first!.value)
        return 1
      }
    }

    private static func isIncomplete(_ bytes: [UInt8]) -> Bool {
      let length = bytes[0] < 0xC2 ? 1 : bytes[0] < 0xE0 ? 2 : bytes[0] < 0xF0 ? 3 : bytes[0] < 0xF5 ? 4 : 1
      return bytes.count < length && bytes.dropFirst().allSatisfy { $0 & 0xC0 == 0x80 }
    }

    // MARK: Keys

    private func interrupt() -> UInt8 {
      wasInterrupted = true
      return UInt8(CC_NEWLINE)
    }

    /// Takes what a terminal sends between the marks of a paste.
    private func paste() -> UInt8 {
      let end = Array("\u{1B}[201~".utf8)
      var bytes: [UInt8] = []
      do throws(QuillError) {
        while !bytes.suffix(end.count).elementsEqual(end) {
          switch try input.take() {
          case .byte(let byte): bytes.append(byte)
          case .terminalChange: continue
          case .interruption: return interrupt()
          case .end: return UInt8(CC_EOF)
          }
        }
      } catch {
        failure = error
        return UInt8(CC_EOF)
      }
      insert(pastes.add(bytes.dropLast(end.count)))
      return UInt8(CC_REFRESH)
    }

    private func completeWord() -> UInt8 {
      guard let line = el_wline(edit)?.pointee, let start = line.buffer, let cursor = line.cursor else {
        return UInt8(CC_ERROR)
      }
      var scalars = String.UnicodeScalarView()
      for index in 0..<(cursor - start) { scalars.append(Self.scalar(start[index])) }
      guard let completion = complete(String(scalars)) else {
        insert("\t")
        return UInt8(CC_REFRESH)
      }
      guard !completion.candidates.isEmpty else { return UInt8(CC_REFRESH_BEEP) }
      let common = completion.commonBeginning
      if common.unicodeScalars.count > completion.replacedCount || completion.candidates.count == 1 {
        el_deletestr(edit, Int32(completion.replacedCount))
        insert(common + (completion.candidates.count == 1 && completion.endsWord ? " " : ""))
        return UInt8(CC_REFRESH)
      }
      let shown = completion.candidates.prefix(100).map { Escaped.line($0) }
      let rest = completion.candidates.count - shown.count
      Self.send("\n" + shown.joined(separator: "  ") + (rest > 0 ? "  … \(rest) more" : "") + "\n")
      return UInt8(CC_REDISPLAY)
    }

    private func insert(_ text: String) { Self.withWide(text) { _ = el_winsertstr(edit, $0) } }

    // MARK: Characters

    /// What the terminal is told; libedit's own stream, so that the order stays.
    private static func send(_ text: String) { quill_edit_send(text) }

    private static func scalar(_ value: wchar_t) -> Unicode.Scalar {
      Unicode.Scalar(UInt32(bitPattern: Int32(value))) ?? "\u{FFFD}"
    }

    /// A copy that ends with zero; a zero inside ends it early, as everywhere in C.
    private static func wide(_ text: String) -> UnsafeMutablePointer<wchar_t> {
      let scalars = text.unicodeScalars.map { wchar_t($0.value) } + [0]
      let pointer = UnsafeMutablePointer<wchar_t>.allocate(capacity: scalars.count)
      pointer.initialize(from: scalars, count: scalars.count)
      return pointer
    }

    private static func withWide(_ text: String, _ body: (UnsafePointer<wchar_t>) -> Void) {
      let pointer = wide(text)
      defer { pointer.deallocate() }
      body(pointer)
    }
  }
#endif

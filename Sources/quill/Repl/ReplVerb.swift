import Formatting

/// The commands of `quill repl`.
enum ReplVerb: String, CaseIterable {
  case help, set, show, seed, reset, undo, redo, retry, edit, `continue`, branch, branches, read, save, load,
    model
  case compare, probs, why, pick, entropy, attend, lens, surprise, trace, stats, quit

  /// What follows the name.
  var arguments: String {
    switch self {
    case .help: "[COMMAND]"
    case .set: "NAME VALUE"
    case .seed: "[N]"
    case .edit: "[TEXT]"
    case .continue: "[N]"
    case .branch: "[N]"
    case .read, .save, .load: "FILE"
    case .model: "[FOLDER]"
    case .compare: "FOLDER…"
    case .why: "N [K]"
    case .pick: "N K"
    case .attend: "LAYER [HEAD]"
    case .surprise: "TEXT"
    case .trace: "[TOKENS]"
    default: ""
    }
  }

  /// What it does, on a line.
  var summary: String {
    switch self {
    case .help: "this list, or more about one command"
    case .set: "change a setting; 'off' takes one back"
    case .show: "the settings"
    case .seed: "draw as seed N does, from its beginning"
    case .reset: "begin a new text"
    case .undo: "go back to the text before"
    case .redo: "take back an undo"
    case .retry: "write the last answer anew, with other draws"
    case .edit: "change what you entered last"
    case .continue: "go on, N tokens at most; an empty line does the same"
    case .branch: "go to text N of /branches"
    case .branches: "all the texts written so far"
    case .read: "enter the content of a file"
    case .save: "keep all texts and settings in a file"
    case .load: "go on with what a file holds"
    case .model: "let another model go on"
    case .compare: "the last answer as other models write it, with the same seed"
    case .probs: "the last answer, coloured by how likely each token was"
    case .why: "the K likeliest alternatives of token N of it"
    case .pick: "take alternative K of token N and go on from there"
    case .entropy: "the last answer, coloured by how uncertain the model was"
    case .attend: "where the last token looks"
    case .lens: "what each layer would have predicted next"
    case .surprise: "how much each token of a text would surprise the model here"
    case .trace: "where the training text has the last answer word for word"
    case .stats: "speed and size of the last answer and the text"
    case .quit: "leave; Ctrl-D does the same"
    }
  }

  /// What is worth knowing beyond the summary.
  var details: String? {
    switch self {
    case .set:
      "Settings: \(ReplSettings.names.joined(separator: ", ")). In texts, \\n is a line end and \\t a tab."
    case .edit: "Without a text, the one you entered is put on the line, to be edited there."
    case .branches: "Nothing is ever lost: what you undo, retry or edit stays a branch of its own."
    case .read: "A file that is no UTF-8 is entered byte by byte."
    case .compare: "Without folders: the checkpoints that the model's run has kept."
    case .why:
      "K is 10 where it is not given. Probabilities stand before and after temperature, filters and penalties."
    case .attend:
      "LAYER is 0 for the first, HEAD likewise; without HEAD it is the mean of all. With --figure FILE.svg (or .png) it is drawn, too."
    case .lens: "With --figure FILE.svg (or .png) it is drawn, too."
    case .trace:
      "Stretches of at least TOKENS tokens, 5 if not given. Needs --corpus, or the corpus of the model's run."
    default: nil
    }
  }

  /// Where `/help` lists it.
  static let groups: [(title: String, verbs: [ReplVerb])] = [
    ("The text", [.continue, .retry, .edit, .undo, .redo, .branch, .branches, .reset, .read, .save, .load]),
    ("Looking into it", [.probs, .why, .pick, .entropy, .surprise, .trace, .attend, .lens, .stats]),
    ("The model", [.set, .show, .seed, .model, .compare]), ("", [.help, .quit]),
  ]

  static let names = allCases.map(\.rawValue)

  /// Names that commands had, or that people try.
  static let aliases: [String: ReplVerb] = [
    "exit": .quit, "q": .quit, "settings": .show, "?": .help, "h": .help,
  ]

  static var list: String {
    let width = allCases.map { $0.usage.count }.filter { $0 <= 20 }.max() ?? 0
    var text = "What you enter is added to the text, and the model goes on.\n"
    for (title, verbs) in groups {
      text += title.isEmpty ? "" : "\n\(title)\n"
      for verb in verbs {
        let padding = String(repeating: " ", count: max(0, width - verb.usage.count))
        text += "  \(verb.usage)\(padding)  \(verb.summary)\n"
      }
    }
    return text + """

      \""" begins and ends a text of several lines, // a text that begins with /.
      Ctrl-C stops the model and keeps what it wrote; at the prompt it leaves.

      """
  }

  var usage: String { "/\(rawValue)" + (arguments.isEmpty ? "" : " \(arguments)") }

  var help: String {
    "\(usage): \(summary)." + (details.map { " \($0)" } ?? "") + "\n"
  }
}

/// What an entered line means.
enum ReplEntry: Equatable {
  /// Text for the model; nothing lets it go on.
  case text([UInt8])
  /// The beginning of a text of several lines, up to `"""`.
  case block([UInt8])
  case command(ReplVerb, argument: String)
  /// A command that is none, in a sentence.
  case mistake(String)

  init(_ line: [UInt8]) {
    let quotes = Array("\"\"\"".utf8)
    let slash = UInt8(ascii: "/")
    if line.starts(with: quotes) {
      self = .block(Array(line.dropFirst(quotes.count)))
    } else if line.first != slash || line.contains(UInt8(ascii: "\n")) {
      // What begins with a slash and has several lines was pasted.
      self = .text(line)
    } else if line.dropFirst().first == slash {
      self = .text(Array(line.dropFirst()))
    } else {
      self.init(command: String(decoding: line.dropFirst(), as: UTF8.self))
    }
  }

  private init(command: String) {
    let name = command.prefix { $0 != " " && $0 != "\t" }
    let argument = command.dropFirst(name.count).drop { $0 == " " || $0 == "\t" }
    let word = String(name)
    if let verb = ReplVerb(rawValue: word) ?? ReplVerb.aliases[word] {
      self = .command(verb, argument: String(argument))
    } else if ReplSettings.names.contains(word) {
      // A setting's own name does what /set does.
      self = .command(.set, argument: "\(word) \(argument)")
    } else {
      let candidates = ReplVerb.names + ReplSettings.names + ReplVerb.aliases.keys.sorted()
      let suggestion =
        NearestName.suggestion(for: word, among: candidates).map { " Did you mean /\($0)?" } ?? ""
      self = .mistake(
        "There is no /\(word).\(suggestion) /help lists the commands; // begins a text with a slash.")
    }
  }
}

/// Words of an argument: parted by spaces, unless they stand in quotes or after a backslash.
func replWords(_ text: String) -> [String] {
  var words: [String] = []
  var word: String?
  var quote: Unicode.Scalar?
  var isEscaped = false
  for scalar in text.unicodeScalars {
    if isEscaped {
      word = (word ?? "") + String(scalar)
      isEscaped = false
    } else if scalar == "\\", quote != "'" {
      isEscaped = true
    } else if scalar == quote {
      quote = nil
    } else if quote == nil, scalar == "\"" || scalar == "'" {
      (quote, word) = (scalar, word ?? "")
    } else if quote == nil, scalar == " " || scalar == "\t" {
      if let word { words.append(word) }
      word = nil
    } else {
      word = (word ?? "") + String(scalar)
    }
  }
  if let word { words.append(word) }
  return words
}

import Synchronization

/// How errors and notices name what their reader can change or do.
///
/// A library's words are those of its callers, `topK` and `Corpus.pack`; a program says what its users type. The program
/// chooses once, before anything else, as it would choose a language:
///
///     Vocabulary.use(CommandLineWords())
///     throw QuillError(.usage, at: Vocabulary.parameter("topK"), "must be at least 1")   // --top-k: must be at least 1
package enum Vocabulary {
  /// The words of one kind of reader.
  package protocol Words: Sendable {
    /// A parameter of a call, by its name in Swift, and what to give it.
    func parameter(_ name: String, _ value: String?) -> String
    /// A key of a training configuration, and what to set it to.
    func setting(_ key: String, _ value: String?) -> String
    /// Something to do.
    func task(_ task: Task) -> String
  }

  /// What remedies send their reader to do.
  package enum Task: Sendable {
    /// Pack a text, where there is one.
    case packCorpus(text: String? = nil)
    /// Train a model, into a folder.
    case train(output: String? = nil)
    case planSweep(String)
    case runSweep(String? = nil)
  }

  private static let words = Mutex<any Words>(LibraryWords())

  /// Takes other words from here on.
  package static func use(_ words: any Words) { Self.words.withLock { $0 = words } }

  package static func parameter(_ name: String, _ value: String? = nil) -> String {
    words.withLock { $0 }.parameter(name, value)
  }

  package static func setting(_ key: String, _ value: String? = nil) -> String {
    words.withLock { $0 }.setting(key, value)
  }

  package static func task(_ task: Task) -> String { words.withLock { $0 }.task(task) }
}

/// The words of a Swift program that calls the library.
private struct LibraryWords: Vocabulary.Words {
  func parameter(_ name: String, _ value: String?) -> String { value.map { "\(name): \($0)" } ?? name }

  func setting(_ key: String, _ value: String?) -> String {
    "the setting \(key)" + (value.map { ": \($0)" } ?? "")
  }

  func task(_ task: Vocabulary.Task) -> String {
    switch task {
    case .packCorpus: "Corpus.pack"
    case .train: "TrainingRun"
    case .planSweep: "SweepDraft"
    case .runSweep: "SweepRunner"
    }
  }
}

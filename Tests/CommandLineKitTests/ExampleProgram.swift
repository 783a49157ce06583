import Synchronization

@testable import CommandLineKit

/// A program with every kind of declaration, whose commands note what they were given.
enum ExampleProgram {
  @TaskLocal static var note: (@Sendable (String) -> Void)?

  struct Root: Command {
    static let configuration = CommandConfiguration(
      "story", abstract: "Tell and count stories.", subcommands: [Tell.self, Count.self, Shelf.self],
      version: "1.2.3")
  }

  enum Mood: String, CaseIterable, ArgumentValue { case merry, grim, dry }

  struct Voice: ArgumentGroup {
    @Option(help: "How the story sounds.") var mood = Mood.merry
    @Option(short: "v", placeholder: "level", help: "How loud it is.", where: .within(0...11)) var volume = 5.0
  }

  struct Tell: Command {
    static let configuration = CommandConfiguration(
      "tell", abstract: "Tell one story.",
      discussion: "The story is told once, from the beginning to the end, and whoever listens hears all of it.",
      examples: [.init("Tell a short one", "story tell fox --words 40")])

    @Argument(help: "What the story is about.") var topic: String
    @Option(placeholder: "count", help: "How long the story is.", where: .within(1...1_000_000)) var words = 100
    @Option(help: "Who listens.") var listener: String?
    @Option("tag", help: "A mark to put on it.") var tags: [String] = []
    @Option(help: "How big the page may be.") var pageSize: ByteCount?
    @Flag(help: "Tell it again.") var twice = false
    @OptionGroup(title: "Voice") var voice: Voice

    func validate() throws {
      if twice, words > 1000 { throw UsageError("Nobody listens to '--twice' with so many '--words'.") }
    }

    func run() throws {
      ExampleProgram.note?(
        "\(topic) \(words) \(listener ?? "nil") \(tags) \(pageSize?.bytes ?? -1) \(twice) \(voice.mood) "
          + "\(voice.volume)")
    }
  }

  struct Count: Command {
    static let configuration = CommandConfiguration("count", abstract: "Count stories.")
    @Argument("file", help: "Files of stories.") var files: [String]
    @Option(help: "Where the count goes.") var output: String
    func run() throws { ExampleProgram.note?("\(files) \(output)") }
  }

  struct Shelf: Command {
    static let configuration = CommandConfiguration(
      "shelf", abstract: "Keep stories.", subcommands: [Burn.self])
  }

  struct Burn: Command {
    static let configuration = CommandConfiguration("burn", abstract: "Lose a story.")
    struct Ash: ExitCodeProviding, CustomStringConvertible {
      let exitCode: Int32 = 66
      let description = "shelf: nothing left. Write a story first."
    }
    func run() throws { throw Ash() }
  }

  /// Runs a command line; returns its outcome and what the command noted.
  static func run(_ line: [String]) -> (outcome: CommandLineProgram.Outcome, note: String) {
    let noted = Mutex("")
    let outcome = $note.withValue({ text in noted.withLock { $0 = text } }) {
      CommandLineProgram(Root.self).run(line)
    }
    return (outcome, noted.withLock { $0 })
  }
}

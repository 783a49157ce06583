/// A command or a group of commands, declared by its properties.
///
///     struct Greet: Command {
///       static let configuration = CommandConfiguration("greet", abstract: "Say hello.")
///       @Argument(help: "Whom to greet.") var name: String
///       @Option(help: "How often.", where: .within(1...100)) var times = 1
///       @Flag(help: "Use capitals.") var loud = false
///
///       func run() throws { … }
///     }
///
/// The declarations follow swift-argument-parser's manners: property names become `--kebab-case` options, a
/// default makes an option optional, an optional type needs no default, an array repeats.
package protocol Command: SendableMetatype {
  static var configuration: CommandConfiguration { get }

  init()

  /// Checks that the parsed values go together; throw a ``UsageError`` where they do not.
  func validate() throws

  func run() throws
}

extension Command {
  package func validate() throws {}

  /// A group has nothing to run itself: it shows its help.
  package func run() throws { throw HelpRequest() }
}

/// What a command is called and what its help says.
package struct CommandConfiguration: Sendable {
  /// The word on the command line.
  package let name: String
  /// One sentence.
  package let abstract: String
  /// The usage line, where the one made from the declarations would mislead.
  package let usage: String?
  /// Paragraphs below the abstract, wrapped to the screen; lines that begin with a space are kept as they are.
  package let discussion: String
  /// Command lines worth imitating.
  package let examples: [Example]
  package let subcommands: [any Command.Type]
  /// What `--version` prints; for the root command.
  package let version: String?
  /// The option that a word without one was probably meant for.
  package let strayOption: String?

  package struct Example: Sendable {
    package let purpose: String
    package let line: String

    package init(_ purpose: String, _ line: String) {
      self.purpose = purpose
      self.line = line
    }
  }

  package init(
    _ name: String, abstract: String, usage: String? = nil, discussion: String = "", examples: [Example] = [],
    subcommands: [any Command.Type] = [], version: String? = nil, strayOption: String? = nil
  ) {
    self.name = name
    self.abstract = abstract
    self.usage = usage
    self.discussion = discussion
    self.examples = examples
    self.subcommands = subcommands
    self.version = version
    self.strayOption = strayOption
  }
}

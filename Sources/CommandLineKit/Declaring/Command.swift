/// A command or a group of commands, declared by its properties.
///
///     struct Greet: Command {
///       static let configuration = CommandConfiguration("greet", abstract: "Say hello.")
///       @Argument(help: "Whom to greet.") var name: String
///       @Option(help: "How often.", where: .atLeast(1)) var times = 1
///       @Flag(help: "Use capitals.") var loud = false
///
///       func run() throws { … }
///     }
///
/// The declarations follow swift-argument-parser's manners: property names become `--kebab-case` options, a
/// default makes an option optional, an optional type needs no default, an array repeats.
public protocol Command: SendableMetatype {
  static var configuration: CommandConfiguration { get }

  init()

  /// Checks that the parsed values go together; throw a ``UsageError`` where they do not.
  func validate() throws

  func run() throws
}

extension Command {
  public func validate() throws {}

  /// A group has nothing to run itself: it shows its help.
  public func run() throws { throw HelpRequest() }
}

/// What a command is called and what its help says.
public struct CommandConfiguration: Sendable {
  /// The word on the command line.
  public let name: String
  /// One sentence.
  public let abstract: String
  /// The usage line, where the one made from the declarations would mislead.
  public let usage: String?
  /// Paragraphs below the abstract, wrapped to the screen; lines that begin with a space are kept as they are.
  public let discussion: String
  /// Command lines worth imitating.
  public let examples: [Example]
  public let subcommands: [any Command.Type]
  /// What `--version` prints; for the root command.
  public let version: String?

  public struct Example: Sendable {
    public let purpose: String
    public let line: String

    public init(_ purpose: String, _ line: String) {
      self.purpose = purpose
      self.line = line
    }
  }

  public init(
    _ name: String, abstract: String, usage: String? = nil, discussion: String = "", examples: [Example] = [],
    subcommands: [any Command.Type] = [], version: String? = nil
  ) {
    self.name = name
    self.abstract = abstract
    self.usage = usage
    self.discussion = discussion
    self.examples = examples
    self.subcommands = subcommands
    self.version = version
  }
}

import Testing

@testable import CommandLineKit

@Suite(.timeLimit(.minutes(20))) struct HelpTests {
  @Test func rootHelpListsCommands() {
    let expected = """
      OVERVIEW: Tell and count stories.

      USAGE: story <command>

      OPTIONS:
        --version               Show the version.
        -h, --help              Show help information.

      SUBCOMMANDS:
        tell                    Tell one story.
        count                   Count stories.
        shelf                   Keep stories.

        See 'story help <command>' for detailed help.

      """
    for line in [[], ["--help"], ["-h"], ["help"]] {
      let outcome = ExampleProgram.run(line).outcome
      #expect(outcome.standardOutput == expected)
      #expect(outcome.exitCode == 0)
    }
  }

  @Test func commandHelpShowsEverySection() {
    let expected = """
      OVERVIEW: Tell one story.

      The story is told once, from the beginning to the end, and whoever listens hears
      all of it.

      USAGE: story tell <topic> [<options>]

      ARGUMENTS:
        <topic>                 What the story is about.

      VOICE:
        --mood <mood>           How the story sounds. (default: merry)
        -v, --volume <level>    How loud it is. (default: 5)

      OPTIONS:
        --words <count>         How long the story is. (default: 100)
        --listener <listener>   Who listens.
        --tag <tag>             A mark to put on it.
        --page-size <page-size>
                                How big the page may be.
        --twice                 Tell it again.
        -h, --help              Show help information.

      EXAMPLES:
        Tell a short one:
          story tell fox --words 40

      """
    for line in [
      ["tell", "--help"], ["help", "tell"], ["tell", "--bogus", "-h"], ["tell", "fox", "--help"],
    ] {
      #expect(ExampleProgram.run(line).outcome.standardOutput == expected)
    }
  }

  @Test func helpAfterTheTerminatorIsText() {
    #expect(ExampleProgram.run(["tell", "--", "--help"]).note.hasPrefix("--help 100"))
  }

  @Test func versionIsTheRootsAlone() {
    #expect(ExampleProgram.run(["--version"]).outcome.standardOutput == "1.2.3\n")
    #expect(ExampleProgram.run(["tell", "fox", "--version"]).outcome.exitCode == 64)
  }

  @Test func aGroupShowsItsHelp() {
    #expect(ExampleProgram.run(["shelf"]).outcome.standardOutput.hasPrefix("OVERVIEW: Keep stories."))
  }
}

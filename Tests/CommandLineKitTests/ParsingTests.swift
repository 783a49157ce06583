import Testing

@testable import CommandLineKit

@Suite(.timeLimit(.minutes(20))) struct ParsingTests {
  @Test func defaultsFillWhatIsNotGiven() {
    #expect(ExampleProgram.run(["tell", "fox"]).note == "fox 100 nil [] -1 false merry 5.0")
  }

  @Test(arguments: [
    ["tell", "fox", "--words", "7", "--tag", "a", "--tag", "b", "--mood", "grim", "-v", "11", "--twice"],
    ["tell", "--words=7", "--tag=a", "--tag=b", "fox", "--mood=grim", "-v=11", "--twice"],
    ["tell", "--tag=a", "--tag", "b", "--mood=grim", "--volume", "11", "--twice", "--words=7", "--", "fox"],
  ])
  func everySpellingMeansTheSame(_ line: [String]) {
    #expect(ExampleProgram.run(line).note == "fox 7 nil [\"a\", \"b\"] -1 true grim 11.0")
  }

  @Test func wordsAfterTheTerminatorArePositional() {
    #expect(
      ExampleProgram.run(["count", "--output", "o", "--", "--twice", "-x"]).note == "[\"--twice\", \"-x\"] o")
  }

  @Test func aLoneDashIsAValue() {
    #expect(ExampleProgram.run(["count", "-", "--output", "-"]).note == "[\"-\"] -")
  }

  @Test func anAttachedValueMayBeginWithADash() {
    #expect(ExampleProgram.run(["tell", "fox", "--listener=--me"]).note.contains(" --me "))
    #expect(ExampleProgram.run(["tell", "fox", "--listener="]).outcome.exitCode == 0)
  }

  @Test(arguments: [
    (["tell"], "Missing expected argument '<topic>'."),
    (["count", "a"], "Missing expected argument '--output <output>'."),
    (["count", "--output", "o"], "Missing expected argument '<file> ...'."),
    (["tell", "fox", "hen"], "Unexpected argument 'hen'."),
    (["tell", "fox", "hen", "cow"], "2 unexpected arguments: 'hen', 'cow'."),
    (["tell", "fox", "--word", "3"], "Unknown option '--word'. Did you mean '--words'?"),
    (["tell", "fox", "--wrods", "3"], "Unknown option '--wrods'. Did you mean '--words'?"),
    (["tell", "fox", "--sideways"], "Unknown option '--sideways'."),
    (["tell", "fox", "-q"], "Unknown option '-q'."),
    (["tel", "fox"], "Unknown command 'tel'. Did you mean 'tell'?"),
    (["dance"], "Unknown command 'dance'."),
    (
      ["tell", "fox", "--words", "0"],
      "The value '0' is invalid for '--words <count>': expected a whole number from 1 to 1000000."
    ),
    (
      ["tell", "fox", "--words", "-3"],
      "The value '-3' is invalid for '--words <count>': expected a whole number from 1 to 1000000."
    ),
    (
      ["tell", "fox", "--volume", "nan"],
      "The value 'nan' is invalid for '--volume <level>': expected a number from 0 to 11."
    ),
    (
      ["tell", "fox", "--mood", "odd"],
      "The value 'odd' is invalid for '--mood <mood>': expected one of 'merry', 'grim' or 'dry'."
    ),
    (
      ["tell", "fox", "--page-size", "4 apples"],
      "The value '4 apples' is invalid for '--page-size <page-size>': "
        + "expected a size such as 500k, 10MB or 4MiB."
    ),
    (["tell", "fox", "--words"], "Missing value for '--words <count>'."),
    (
      ["tell", "fox", "--listener", "--twice"],
      "Missing value for '--listener <listener>'. Write '--listener=--twice' if '--twice' is the value."
    ),
    (["tell", "fox", "--twice=yes"], "The option '--twice' is a switch and takes no value."),
    (["tell", "fox", "--words", "1", "--words", "2"], "The option '--words' is given twice."),
    (
      ["tell", "fox", "--twice", "--words", "2000"],
      "Nobody listens to '--twice' with so many '--words'."
    ),
  ])
  func aMistakeIsExplained(_ line: [String], _ message: String) {
    let outcome = ExampleProgram.run(line).outcome
    #expect(outcome.exitCode == 64)
    #expect(outcome.standardOutput.isEmpty)
    #expect(outcome.standardError.hasPrefix("Error: \(message)\nUsage: story"))
    #expect(outcome.standardError.contains("--help' for more information.\n"))
  }

  @Test func anErrorWithAnExitCodeKeepsIt() {
    let outcome = ExampleProgram.run(["shelf", "burn"]).outcome
    #expect(outcome.exitCode == 66)
    #expect(outcome.standardError == "Error: shelf: nothing left. Write a story first.\n")
  }
}

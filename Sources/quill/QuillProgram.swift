import CStart
import CommandLineKit
import Foundation
import Kernels
import Machine
import Storage

/// The program: every command hangs here.
@main
struct QuillProgram: Command {
  static let configuration = CommandConfiguration(
    "quill", abstract: "Train small GPTs on your own text and let them write.",
    discussion: """
      Text becomes a tokenizer, then a corpus of tokens, then a trained model, then text again. Results go to \
      standard output, progress to standard error.
      """,
    examples: [
      .init(
        "From nothing to a sampled sentence",
        """
        quill corpus tales --bytes 10MB --seed 1 --output corpora/tales.txt
        quill tokenizer train corpora/tales.txt --vocab-size 1024 --output tokenizer/tales.json
        quill corpus pack corpora/tales.txt --tokenizer tokenizer/tales.json --output corpora/tales
        quill train --corpus corpora/tales --preset tiny --output checkpoints/tales
        quill sample checkpoints/tales
        """)
    ],
    subcommands: [
      TokenizerCommand.self, CorpusCommand.self, Train.self, Evaluate.self, Score.self, Sample.self, Repl.self,
      Inspect.self, NoveltyCommand.self, SweepCommand.self, Fit.self, Bench.self,
    ],
    version: Version.current)

  static func main() {
    StandardStream.prepare()
    if let complaint = Processor.current.complaint(aboutProgramOf: KernelTarget.features) {
      StandardStream.error.write("Error: \(complaint)\n")
      exit(ExitCode.unavailable)
    }
    Vocabulary.use(CommandLineWords())
    let outcome = CommandLineProgram(QuillProgram.self)
      .run(Array(CommandLine.arguments.dropFirst()), width: min(Terminal.width, 100))
    StandardStream.error.write(outcome.standardError)
    StandardStream.output.write(outcome.standardOutput)
    exit(outcome.exitCode)
  }
}

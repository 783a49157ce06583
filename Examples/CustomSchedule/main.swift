// Trains with learning rates of the program's own, stops half-way, and goes on: CustomSchedule FOLDER
import Foundation
import Quill

// Three cycles, each a cosine from the peak down, each peak half of the one before. (Loshchilov & Hutter 2017,
// arXiv:1608.03983, with warm restarts.)
let restarts = CustomSchedule { step, stepCount in
  let length = (stepCount + 2) / 3
  let (cycle, place) = step.quotientAndRemainder(dividingBy: length)
  return 4e-3 * pow(0.5, Double(cycle)) * 0.5 * (1 + cos(.pi * Double(place) / Double(length)))
}

let folder = CommandLine.arguments[1]
try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
let text = folder + "/counting.txt"
let counting = (0..<5000).map { "\($0 % 10) " }.joined()
try counting.write(toFile: text, atomically: true, encoding: .utf8)
let corpus = try Corpus.pack(
  [text], tokenizer: try Tokenizers.train(on: [text], kind: .bytes), to: folder + "/corpus")

func show(_ progress: TrainingProgress) {
  if progress.step % 5 == 1 {
    print("step \(progress.step): lr", String(format: "%.6f", progress.learningRate))
  }
}

var steps = 0
let begun = try TrainingRun(
  corpus: corpus, output: folder + "/model", preset: "tiny",
  settings: ["context": 32, "steps": 60, "precision": "fp32"], schedule: restarts
) { progress in
  steps = progress.step
  show(progress)
}
print(try begun.train(until: { steps == 30 }).ending)

do {
  _ = try TrainingRun(resuming: folder + "/model")
} catch let error as QuillError {
  print("without the schedule:", error.problem)
}
let rest = try TrainingRun(resuming: folder + "/model", schedule: restarts, progress: show)
print(try rest.train().ending)

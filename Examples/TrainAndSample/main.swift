import Foundation
import Quill

// A folder for what is made on the way; everything in it is an ordinary file.
let folder = CommandLine.arguments.dropFirst().first ?? "rhyme"
try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)

// 1. A text.
let rhyme = "One for sorrow,\ntwo for joy,\nthree for a girl,\nfour for a boy.\n"
let text = folder + "/rhyme.txt"
try String(repeating: rhyme, count: 300).write(toFile: text, atomically: true, encoding: .utf8)

// 2. A tokenizer, which cuts text into the tokens that a model reads and writes.
let tokenizer = try Tokenizers.train(on: [text], vocabularySize: 270)
print("“for a boy” is", tokenizer.encode("for a boy").count, "tokens")

// 3. A corpus: the text as tokens, a tenth of it kept to judge the model by.
let corpus = try Corpus.pack([text], tokenizer: tokenizer, to: folder + "/corpus")

// 4. A model, trained from nothing.
let run = try TrainingRun(
  corpus: corpus, output: folder + "/model", preset: "tiny",
  settings: ["context": 64, "steps": 120, "precision": "fp32"]
) { progress in
  if progress.step % 40 == 0 { print("step", progress.step, "of", progress.stepCount) }
}
let outcome = try run.train()
print(outcome.ending, "and", outcome.validationLoss! < 0.1 ? "learned" : "not learned")

// 5. A sentence from it.
let model = try LanguageModel(folder + "/model")
let settings = SamplingSettings(temperature: 0)
for try await piece in model.generate("One for", settings, tokenLimit: 60, stops: ["boy"]) {
  print(piece, terminator: "")
}
print("…")

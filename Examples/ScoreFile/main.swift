// Sorts the lines of a file by how much a model expects them: ScoreFile MODEL FILE
import Foundation
import Quill

let arguments = CommandLine.arguments.dropFirst()
guard arguments.count == 2, let folder = arguments.first, let file = arguments.last else {
  fatalError("usage: ScoreFile MODEL FILE")
}
let model = try LanguageModel(folder)
let lines = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n").map { $0 + "\n" }
let scored = try lines.map { line in (line: line, score: try model.score(String(line))) }
for (line, score) in scored.sorted(by: { $0.score.bitsPerByte! < $1.score.bitsPerByte! }) {
  // The token that the model expected least.
  let surprise = score.tokens.min { $0.logProbability < $1.logProbability }!
  let rank = score.bitsPerByte! < 4 ? "expected  " : "unexpected"
  print(rank, "|", line.dropLast(), "| least of all:", surprise.text.debugDescription)
}

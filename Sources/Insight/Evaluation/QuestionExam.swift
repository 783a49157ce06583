import Corpora
import Foundation
import Tales
import Tokenization
import Transformer

/// Asks a model the questions at the ends of tales that no corpus holds.
///
/// For each question the story up to "Answer:" is the context, cut at its beginning where the model's context is shorter,
/// and the candidate with the highest log-likelihood, its final line break included, is the model's answer.
package struct QuestionExam {
  /// A seed that nobody gives a training text.
  private static let seed: UInt64 = 0x5155_4953_5459_4E45

  private let examples: [(context: [TokenID], candidates: [[TokenID]], answer: Int, difficulty: Int)]

  /// - Parameter count: questions made up; those without an answer among their candidates are not asked.
  package init(count: Int, tokenizer: any Tokenizer) {
    examples = TaleExamples(seed: Self.seed).lazy.prefix(count).compactMap { example in
      guard let answer = example.question.candidates.firstIndex(of: example.answer) else { return nil }
      return (
        tokenizer.encode(example.context), example.question.candidates.map { tokenizer.encode(" \($0)\n") },
        answer, example.difficulty
      )
    }
  }

  /// The same for any number of threads; ties go to the first candidate.
  package func score(_ model: Model) -> QuestionScore {
    let decoder = Decoder(model: model)
    var score = QuestionScore()
    for example in examples {
      let longest = example.candidates.map(\.count).max() ?? 0
      let room = decoder.capacity - longest
      guard room > 0 else { continue }
      decoder.truncate(to: 0)
      let context = Array(example.context.suffix(room))
      let start = Self.logProbabilities(decoder.append(context))
      var best = (index: 0, value: -Double.infinity)
      for (index, candidate) in example.candidates.enumerated() {
        decoder.truncate(to: context.count)
        var value = Double(start[Int(candidate[0])])
        for position in 1..<candidate.count {
          // Nothing that follows raises a likelihood: a candidate that has fallen behind is out.
          guard value > best.value else { break }
          let next = Self.logProbabilities(decoder.append([candidate[position - 1]]))
          value += Double(next[Int(candidate[position])])
        }
        if value > best.value { best = (index, value) }
      }
      score.add(
        difficulty: example.difficulty, isRight: best.index == example.answer,
        candidates: example.candidates.count)
    }
    return score
  }

  private static func logProbabilities(_ logits: UnsafeBufferPointer<Float>) -> [Float] {
    let highest = logits.max() ?? 0
    let sum = logits.reduce(0.0) { $0 + exp(Double($1 - highest)) }
    let normalizer = highest + Float(log(sum))
    return logits.map { $0 - normalizer }
  }
}

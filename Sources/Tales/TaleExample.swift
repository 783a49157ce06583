/// A story that ends in a question, cut where its answer begins.
///
/// A model continues `context`; it is right when its next line is `answer`, or, for a score that small models can
/// reach too, when `answer` is the likeliest of `question.candidates`.
package struct TaleExample: Sendable, Equatable {
  /// Which story of its seed this is.
  package let storyIndex: UInt64
  /// The text up to and including "Answer:", without the space that precedes the answer.
  package let context: String
  package let question: TaleQuestion

  package var answer: String { question.answer }
  package var difficulty: Int { question.difficulty }
}

/// The stories of one seed that end in a question, in order and without end.
///
///     for example in TaleExamples(seed: 7).prefix(200) { … }
///
/// Take a seed that the training text does not have.
package struct TaleExamples: Sequence, IteratorProtocol, Sendable {
  private var generator: TaleGenerator
  private var index: UInt64

  package init(seed: UInt64, from index: UInt64 = 0) {
    generator = TaleGenerator(seed: seed)
    self.index = index
  }

  package mutating func next() -> TaleExample? {
    while true {
      defer { index += 1 }
      if let example = generator.example(index) { return example }
    }
  }
}

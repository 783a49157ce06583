import Formatting
import Storage

/// How many of the tales' questions a model answers, by difficulty.
///
/// An answer is right when the model gives it a higher probability than every other candidate; guessing is right as often as
/// `chance` says.
package struct QuestionScore: Sendable, Equatable {
  package struct Level: Sendable, Equatable {
    /// Changes of state that decide the answer.
    package var difficulty: Int
    package var asked = 0
    package var right = 0
    /// Expected right answers of a guess among the candidates.
    package var chance = 0.0
  }

  /// Ascending in difficulty.
  package private(set) var levels: [Level] = []

  /// How many questions may be asked.
  package static let counts = NumberRange.within(0...1_000_000)

  package init() {}

  package var asked: Int { levels.reduce(0) { $0 + $1.asked } }
  package var right: Int { levels.reduce(0) { $0 + $1.right } }
  package var share: Double { asked == 0 ? 0 : Double(right) / Double(asked) }

  package mutating func add(difficulty: Int, isRight: Bool, candidates: Int) {
    if !levels.contains(where: { $0.difficulty == difficulty }) {
      levels.append(Level(difficulty: difficulty))
      levels.sort { $0.difficulty < $1.difficulty }
    }
    let index = levels.firstIndex { $0.difficulty == difficulty }!
    levels[index].asked += 1
    levels[index].right += isRight ? 1 : 0
    levels[index].chance += 1 / Double(candidates)
  }
}

extension QuestionScore: JSONReadable, JSONConvertible {
  package var json: JSONValue {
    [
      "asked": .integer(asked), "right": .integer(right),
      "levels": .array(
        levels.map {
          [
            "difficulty": .integer($0.difficulty), "asked": .integer($0.asked), "right": .integer($0.right),
            "chance": .number($0.chance),
          ]
        }),
    ]
  }

  package init(json node: JSONNode) throws(QuillError) {
    for level in try node.value("levels", as: [JSONNode].self) {
      levels.append(
        Level(
          difficulty: try level.value("difficulty", in: Self.counts),
          asked: try level.value("asked", in: Self.counts),
          right: try level.value("right", in: Self.counts),
          chance: try level.value("chance", in: .within(0...Double(Self.counts.high)))))
    }
  }
}

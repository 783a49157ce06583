import Tokenization

/// A text that a person and a model write in turns, with all that was ever written: a tree of turns and a place in it.
///
///     var story = Story()
///     story.grow(from: story.current, by: [question, answer])
///     story.undo()                                   // the place before; nothing is lost
///     story.grow(from: story.current, by: [question, other])
///     story.leaves                                   // both answers
///
/// The text is what stands on the way from the root to the place. Nothing is ever removed from the tree, so every operation is a
/// move that can be undone.
package struct Story: Sendable, Equatable {
  /// A turn and the one before it.
  package struct Node: Sendable, Equatable {
    /// The number of the node before; less than its own.
    package let parent: Int
    package let turn: Turn
  }

  /// The number of the root, which has no turn: the empty text.
  package static let root = 0

  /// The nodes but the root, which is number 0: number n stands at n - 1.
  package private(set) var nodes: [Node] = []
  /// Where the text ends.
  package var current: Int { places[place] }
  /// The places of the past, the current one, and those that were undone.
  private var places = [Story.root]
  private var place = 0

  package init() {}

  /// A story that was kept.
  ///
  /// - Precondition: every parent stands before its child, and `current` is one of the nodes or the root.
  init(nodes: [Node], current: Int) {
    precondition(
      nodes.enumerated().allSatisfy { (0...$0.offset).contains($0.element.parent) }, "a turn before its parent")
    precondition((0...nodes.count).contains(current), "a place that the story does not have")
    self.nodes = nodes
    places = current == Story.root ? [Story.root] : [Story.root, current]
    place = places.count - 1
  }

  /// The turn of a node; nil for the root.
  package func turn(_ node: Int) -> Turn? { node == Story.root ? nil : nodes[node - 1].turn }

  /// The node before another; nil for the root.
  package func parent(of node: Int) -> Int? { node == Story.root ? nil : nodes[node - 1].parent }

  /// The nodes from the first turn to `node`.
  package func path(to node: Int) -> [Int] {
    var result: [Int] = []
    var node = node
    while node != Story.root {
      result.append(node)
      node = nodes[node - 1].parent
    }
    return result.reversed()
  }

  /// The turns of the text.
  package var turns: [Turn] { path(to: current).map { nodes[$0 - 1].turn } }

  /// The text as it is shown.
  package var bytes: [UInt8] { turns.flatMap(\.bytes) }

  // MARK: Moves

  /// Adds turns after a node and goes to the last of them.
  package mutating func grow(from node: Int, by turns: [Turn]) {
    var last = node
    for turn in turns {
      nodes.append(Node(parent: last, turn: turn))
      last = nodes.count
    }
    go(to: last)
  }

  /// Goes to a node.
  ///
  /// - Precondition: the story has it.
  package mutating func go(to node: Int) {
    precondition((0...nodes.count).contains(node), "node \(node) of \(nodes.count)")
    guard node != current else { return }
    places.removeSubrange((place + 1)...)
    places.append(node)
    place += 1
  }

  /// Goes back to where the text was before the last move; false where there was none.
  package mutating func undo() -> Bool {
    guard place > 0 else { return false }
    place -= 1
    return true
  }

  /// Takes back an undo; false where there was none, or where something was added since.
  package mutating func redo() -> Bool {
    guard place + 1 < places.count else { return false }
    place += 1
    return true
  }

  // MARK: Places

  /// The last node of each text ever written, the oldest first: the nodes that nothing follows.
  package var leaves: [Int] {
    let parents = Set(nodes.map(\.parent))
    return (1...max(1, nodes.count)).filter { $0 <= nodes.count && !parents.contains($0) }
  }

  /// The model's turn at the end of the text; nil where the text ends otherwise.
  package var answer: Turn? { turn(current).flatMap { $0.author == .model ? $0 : nil } }

  /// The last node of the text that a person wrote.
  package var lastEntry: Int? { path(to: current).last { nodes[$0 - 1].turn.author == .person } }

  /// Where the next turn goes: after the text, or, where the model has ended it, at the beginning of a new one.
  package var next: Int { turn(current)?.endsText == true ? Story.root : current }

  /// The same turns with tokens of another tokenizer, which nobody has chosen.
  func encoded(by tokenizer: any Tokenizer) -> Story {
    var result = self
    result.nodes = nodes.map { node in
      var turn = Turn(node.turn.author, bytes: node.turn.bytes, tokens: tokenizer.encode(node.turn.bytes))
      turn.endsText = node.turn.endsText
      return Node(parent: node.parent, turn: turn)
    }
    return result
  }
}

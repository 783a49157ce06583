import Storage

/// How a model that was trained to chat wants messages to be written: the `chat_template` of its tokenizer_config.json.
///
///     let template = try ChatTemplate("{% for message in messages %}<|{{ message.role }}|>{{ message.content }}{% endfor %}", place: "…")
///     let pieces = template.pieces(of: [.init(role: "user", content: bytes)], asksForAnswer: true)
///
/// Templates are programs in Jinja. A small part of it is understood: text; one loop over `messages`; `if`, `elif`, `else`; role and content
/// of the message, of the first and of the last; `loop.first`, `loop.last`, `add_generation_prompt`, `bos_token`, `eos_token`; strings, `+` and `~`,
/// `==` and `!=`, `and`, `or`, `not`, the filter `trim`. Anything else is refused by its name: a template half understood would
/// give a prompt that the model has never seen. (`docs/repl.md`)
package struct ChatTemplate: Sendable, Equatable {
  package struct Message: Sendable, Equatable {
    package var role: String
    package var content: [UInt8]

    package init(role: String, content: [UInt8]) { (self.role, self.content) = (role, content) }
  }

  /// A part of a prompt.
  package enum Piece: Sendable, Equatable {
    /// Of the template: names of special tokens in it are those tokens.
    case markup(String)
    /// Of a message: ordinary text, whatever it looks like.
    case content([UInt8])
  }

  indirect enum Expression: Sendable, Equatable {
    /// A message of the loop, or by its place.
    enum Subject: Sendable, Equatable { case current, first, last }
    enum Flag: String, Sendable { case asksForAnswer, isFirst, isLast }

    case text(String)
    case bool(Bool)
    case role(Subject)
    case content(Subject)
    case beginning
    case end
    case flag(Flag)
    case trimmed(Expression)
    case joined(Expression, Expression)
    case equal(Expression, Expression)
    case not(Expression)
    case and(Expression, Expression)
    case or(Expression, Expression)
  }

  indirect enum Node: Sendable, Equatable {
    struct Branch: Sendable, Equatable {
      /// Nil for `else`.
      var condition: Expression?
      var body: [Node]
    }

    case text(String)
    case output(Expression)
    case loop([Node])
    case choice([Branch])
  }

  let nodes: [Node]

  /// - Throws: `QuillError` of kind `.badData` that names what is not understood.
  package init(_ source: String, place: String) throws(QuillError) {
    var parser = ChatTemplateParser(try ChatTemplateParser.parts(of: source, place: place), place: place)
    nodes = try parser.nodes(until: [])
  }

  // MARK: Rendering

  /// Where an expression is evaluated.
  private struct Scope {
    let messages: [Message]
    let asksForAnswer: Bool
    let beginning: String
    let end: String
    /// The message of the loop.
    var index: Int?
  }

  private enum Value {
    case bool(Bool)
    case pieces([Piece])

    var isTrue: Bool {
      switch self {
      case .bool(let value): value
      case .pieces: !bytes.isEmpty
      }
    }

    var pieces: [Piece] {
      switch self {
      case .bool(let value): [.markup(value ? "True" : "False")]
      case .pieces(let pieces): pieces
      }
    }

    var bytes: [UInt8] {
      pieces.flatMap {
        switch $0 {
        case .markup(let text): Array(text.utf8)
        case .content(let bytes): bytes
        }
      }
    }
  }

  /// The prompt for messages.
  ///
  /// - Parameters:
  ///   - asksForAnswer: whether an answer is to follow.
  ///   - beginning: the text of the token that texts begin with.
  ///   - end: the text of the one that ends them.
  package func pieces(
    of messages: [Message], asksForAnswer: Bool, beginning: String = "", end: String = ""
  ) -> [Piece] {
    let scope = Scope(messages: messages, asksForAnswer: asksForAnswer, beginning: beginning, end: end)
    return nodes.flatMap { Self.render($0, scope) }
  }

  private static func render(_ node: Node, _ scope: Scope) -> [Piece] {
    switch node {
    case .text(let text): return [.markup(text)]
    case .output(let expression): return evaluate(expression, scope).pieces
    case .loop(let body):
      return scope.messages.indices.flatMap { index in
        var inner = scope
        inner.index = index
        return body.flatMap { render($0, inner) }
      }
    case .choice(let branches):
      let taken = branches.first { $0.condition.map { evaluate($0, scope).isTrue } ?? true }
      return taken?.body.flatMap { render($0, scope) } ?? []
    }
  }

  private static func evaluate(_ expression: Expression, _ scope: Scope) -> Value {
    func message(_ subject: Expression.Subject) -> Message? {
      switch subject {
      case .current: scope.index.map { scope.messages[$0] }
      case .first: scope.messages.first
      case .last: scope.messages.last
      }
    }
    switch expression {
    case .text(let text): return .pieces([.markup(text)])
    case .bool(let value): return .bool(value)
    case .role(let subject): return .pieces([.markup(message(subject)?.role ?? "")])
    case .content(let subject): return .pieces([.content(message(subject)?.content ?? [])])
    case .beginning: return .pieces([.markup(scope.beginning)])
    case .end: return .pieces([.markup(scope.end)])
    case .flag(.asksForAnswer): return .bool(scope.asksForAnswer)
    case .flag(.isFirst): return .bool(scope.index == 0)
    case .flag(.isLast): return .bool(scope.index == scope.messages.count - 1)
    case .trimmed(let inner): return .pieces(trimmed(evaluate(inner, scope).pieces))
    case .joined(let a, let b): return .pieces(evaluate(a, scope).pieces + evaluate(b, scope).pieces)
    case .equal(let a, let b): return .bool(evaluate(a, scope).bytes == evaluate(b, scope).bytes)
    case .not(let inner): return .bool(!evaluate(inner, scope).isTrue)
    case .and(let a, let b): return .bool(evaluate(a, scope).isTrue && evaluate(b, scope).isTrue)
    case .or(let a, let b): return .bool(evaluate(a, scope).isTrue || evaluate(b, scope).isTrue)
    }
  }

  /// Without white space at both ends.
  private static func trimmed(_ pieces: [Piece]) -> [Piece] {
    func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
    func ends(_ bytes: [UInt8]) -> [UInt8] {
      var rest = bytes[...].drop(while: isSpace)
      while let last = rest.last, isSpace(last) { rest.removeLast() }
      return Array(rest)
    }
    // Of several pieces only the outer ends are trimmed; one is what templates have.
    guard pieces.count == 1 else { return pieces }
    switch pieces[0] {
    case .markup(let text): return [.markup(String(decoding: ends(Array(text.utf8)), as: UTF8.self))]
    case .content(let bytes): return [.content(ends(bytes))]
    }
  }
}

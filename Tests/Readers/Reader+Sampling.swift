import Foundation
import Sampling
import Storage
import Tokenization
import Transformer

// SAFETY: the logits are the source's own memory, of which it hands out as much as there is.

extension Reader {
  /// A saved conversation: its tree, its choices, its settings.
  package static let conversation = Reader(name: "conversation", kinds: [.badData, .missingInput]) { folder in
    let conversation = makeConversation()
    try conversation.say(Array("Once, Dörte\n".utf8)) { _ in }
    try conversation.retry { _ in }
    try conversation.say([0xFF]) { _ in }
    try ConversationFile(conversation).write(to: folder.appendingPathComponent(file).path)
    return [file]
  } read: { folder in
    let path = folder.appendingPathComponent(file).path
    _ = try makeConversation().restore(ConversationFile(reading: path), from: path)
  } goOn: { folder in
    let path = folder.appendingPathComponent(file).path
    let conversation = makeConversation()
    _ = try conversation.restore(ConversationFile(reading: path), from: path)
    // What was asked for may be much, and settings may leave no token.
    var isFirst = true
    try conversation.say(Array("a".utf8), isInterrupted: { !isFirst }, receive: { _ in isFirst = false })
    try conversation.pick(token: 0, alternative: 1, isInterrupted: { true }, receive: { _ in })
    _ = conversation.story.leaves
  }

  private static let file = "conversation.json"

  private static func makeConversation() -> Conversation {
    let tokenizer = ByteTokenizer()
    return Conversation(
      Generator(CountingModel(), tokenizer: tokenizer), tokenizer: tokenizer,
      Conversation.Settings(
        SamplingSettings(topK: 50, seed: 3), tokenCount: 4, stops: ["STOP"], alternativeCount: 3))
  }
}

/// A model that prefers the byte after the last.
private final class CountingModel: LogitSource {
  private var tokens: [Int32] = []
  private let logits = UnsafeMutableBufferPointer<Float>.allocate(capacity: 257)

  deinit { logits.deallocate() }

  let capacity = 64
  var position: Int { tokens.count }

  func append(_ added: [Int32], logitCount: Int) -> UnsafeBufferPointer<Float> {
    precondition(logitCount == 1 && tokens.count + added.count <= capacity)
    tokens += added
    for index in 0..<257 { logits[index] = index == (Int(tokens[tokens.count - 1]) + 1) % 257 ? 3 : 0 }
    return UnsafeBufferPointer(logits)
  }

  func truncate(to count: Int) { tokens.removeLast(max(0, tokens.count - count)) }
}

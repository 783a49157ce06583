import Storage
import Tokenization

// SAFETY: a chunk keeps its document, whose bytes it lends for the length of a call; its range lies inside them.

/// A piece of work for one thread: some text whose ids do not depend on what stands around it.
struct EncodingChunk: Sendable {
  let document: TextDocument
  let range: Range<Int>
  let split: SplitName
  /// Whether a document begins here.
  let beginsDocument: Bool

  var byteCount: Int { range.count }

  /// The size at which long texts are cut.
  static let targetByteCount = 1 << 19
  /// The size from which a chunk, in which there was no place to cut, is encoded by itself and block by block: its ids are not
  /// held together.
  static let largeByteCount = 1 << 23

  /// Cuts a stretch of a document into chunks of about `targetByteCount`.
  ///
  /// A cut lies between an ASCII letter and a space or newline. There every tokenizer that Quill has begins a new token:
  /// bytes and characters always do, and the split patterns of GPT-2 and GPT-4 end a piece after letters
  /// and look at nothing before a piece. The concatenated ids are those of the whole stretch.
  static func cut(
    _ document: TextDocument, _ range: Range<Int>, split: SplitName, beginsDocument: Bool,
    targetByteCount: Int = EncodingChunk.targetByteCount
  ) -> [EncodingChunk] {
    var chunks: [EncodingChunk] = []
    var start = range.lowerBound
    var begins = beginsDocument
    while start < range.upperBound {
      var end = start + targetByteCount
      while end < range.upperBound, !isSafeCut(document.bytes, end) { end += 1 }
      end = min(end, range.upperBound)
      chunks.append(
        EncodingChunk(document: document, range: start..<end, split: split, beginsDocument: begins))
      begins = false
      start = end
    }
    return chunks
  }

  private static func isSafeCut(_ bytes: UnsafeRawBufferPointer, _ position: Int) -> Bool {
    let next = bytes[position]
    guard next == UInt8(ascii: " ") || next == UInt8(ascii: "\n") else { return false }
    let letter = bytes[position - 1] | 0x20
    return letter >= UInt8(ascii: "a") && letter <= UInt8(ascii: "z")
  }

  /// Passes on the ids block by block.
  func encode(
    with tokenizer: any Tokenizer, blocks: (UnsafeBufferPointer<TokenID>) throws(QuillError) -> Void
  ) throws(QuillError) {
    let bytes = document.bytes.assumingMemoryBound(to: UInt8.self)
    try tokenizer.encode(UnsafeBufferPointer(rebasing: bytes[range]), blocks: blocks)
    withExtendedLifetime(document) {}
  }

  func encode(with tokenizer: any Tokenizer) -> [TokenID] {
    var ids: [TokenID] = []
    UnsafeRawBufferPointer(rebasing: document.bytes[range]).withMemoryRebound(to: UInt8.self) {
      tokenizer.encode($0, into: &ids)
    }
    withExtendedLifetime(document) {}
    return ids
  }
}

import TestSupport
import Testing

@testable import Tokenization

@Suite(.timeLimit(.minutes(20))) struct StreamingDecoderTests {
  @Test func neverEmitsHalfACharacter() {
    var decoder = StreamingDecoder(ByteTokenizer())
    let parts = Array("aé漢🙂".utf8).map { decoder.text(adding: TokenID($0)) }
    #expect(parts == ["a", "", "é", "", "", "漢", "", "", "", "🙂"])
    #expect(decoder.finish().isEmpty)
  }

  @Test func anUnfinishedCharacterComesOutAtTheEnd() {
    var decoder = StreamingDecoder(ByteTokenizer())
    #expect(decoder.text(adding: 0xE6) == "" && decoder.text(adding: 0xBC) == "")
    #expect(decoder.finish() == "\u{FFFD}")
    #expect(decoder.finish() == "")
  }

  @Test func bytesThatCanNeverBecomeACharacterComeOutAtOnce() {
    var decoder = StreamingDecoder(ByteTokenizer())
    #expect(decoder.text(adding: 0xFF) == "\u{FFFD}")
    // E0 needs A0...BF next: 80 ends the hope.
    #expect(decoder.text(adding: 0xE0) == "" && decoder.text(adding: 0x80) == "\u{FFFD}\u{FFFD}")
    #expect(decoder.text(adding: 0xF4) == "" && decoder.text(adding: 0x90) == "\u{FFFD}\u{FFFD}")
  }

  @Test func specialTokensEmitNothing() {
    var decoder = StreamingDecoder(ByteTokenizer())
    #expect(
      decoder.text(adding: 0xC3) == "" && decoder.text(adding: 256) == "" && decoder.text(adding: 0xA9) == "é")
  }

  @Test func streamsJoinToTheWhole() {
    let tokenizer = train("the cat sat on the mat, é漢🙂 é漢🙂 é漢🙂 é漢🙂", size: 280)
    for seed in UInt64(0)..<200 {
      var generator = SeededGenerator(seed: seed)
      let bytes = randomText(byteCount: 60, using: &generator)
      let ids = tokenizer.encode(bytes)
      var display = StreamingDecoder(tokenizer)
      var lossless = StreamingDecoder(tokenizer)
      var text = ""
      var all: [UInt8] = []
      for id in ids {
        text += display.text(adding: id)
        all += lossless.bytes(adding: id)
      }
      text += display.finish()
      all += lossless.finishBytes()
      #expect(all == bytes, "seed \(seed)")
      #expect(Array(text.utf8) == Array(String(decoding: bytes, as: UTF8.self).utf8), "seed \(seed)")
    }
  }
}

import Foundation
import Storage

/// What a document of a plain text is. (A `.jsonl` file has one in every line.)
///
/// The documents of a text, one after the other, are the text: line breaks and blank lines belong to the document
/// they end. A line is blank where it holds nothing but spaces, tabs and carriage returns.
public enum DocumentRule: String, Sendable, CaseIterable {
  /// The whole text.
  case file
  /// A line with what is not blank, and the blank lines after it.
  case line
  /// Neighbouring lines that are not blank, and the blank lines after them.
  case blankLine = "blank-line"

  /// Passes on where the documents of a text lie, in order.
  func forEachDocument(
    in text: UnsafeRawBufferPointer, _ body: (Range<Int>) throws(QuillError) -> Void
  ) throws(QuillError) {
    var start = 0
    if self != .file {
      var (hasText, followsBlankLine) = (false, false)
      var line = 0
      while line < text.count {
        let end = Self.endOfLine(text, from: line)
        if Self.isBlank(text[line..<end]) {
          followsBlankLine = true
        } else {
          if hasText, self == .line || followsBlankLine {
            try body(start..<line)
            start = line
          }
          (hasText, followsBlankLine) = (true, false)
        }
        line = end
      }
    }
    if start < text.count { try body(start..<text.count) }
  }

  /// The position after the line break of the line that begins at `start`.
  private static func endOfLine(_ text: UnsafeRawBufferPointer, from start: Int) -> Int {
    // SAFETY: `start` is inside the text, and no byte past its end is looked at.
    guard let base = text.baseAddress, let found = memchr(base + start, 0x0A, text.count - start) else {
      return text.count
    }
    return UnsafeRawPointer(found) - base + 1
  }

  private static func isBlank(_ line: Slice<UnsafeRawBufferPointer>) -> Bool {
    line.allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D || $0 == 0x0A }
  }
}

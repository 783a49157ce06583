import Storage

/// Recovers the choices behind a text of tales, and with them its exact information.
///
/// It needs neither seed nor sidecar, so the floor of any part of a corpus that holds whole stories can be computed
/// from the part itself.
package enum TaleReader {
  /// What a text of whole stories holds.
  package struct Summary: Sendable, Equatable {
    package var storyCount = 0
    package var byteCount = 0
    package var informationInBits = 0.0

    package var bitsPerByte: Double { informationInBits / Double(max(byteCount, 1)) }
  }

  /// - Throws: `.badData` where `text` is not a sequence of whole stories of this version.
  package static func read(_ text: [UInt8]) throws(QuillError) -> Summary {
    var narrator = Narrator()
    var summary = Summary()
    while summary.byteCount < text.count {
      narrator.begin(reading: text[summary.byteCount...])
      Plot.tellStory(&narrator)
      guard narrator.hasReadWell else {
        throw QuillError(
          .badData, at: "story \(summary.storyCount), byte \(summary.byteCount)",
          "the text is not a tale of version \(TaleGenerator.version)"
            + (narrator.failure.map { " (\($0))" } ?? ""))
      }
      summary.storyCount += 1
      summary.byteCount += narrator.text.count
      summary.informationInBits += narrator.information
    }
    return summary
  }
}

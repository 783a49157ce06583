/// Which documents, or which part of few documents, go to validation.
struct SplitRule: Sendable {
  /// The part of the text wanted for validation, `0 ..< 1`.
  let validationFraction: Double

  /// The split of document number `index`, where there are enough documents to go by.
  func split(ofDocument index: Int) -> SplitName {
    let before = (Double(index) * validationFraction).rounded(.down)
    let after = (Double(index + 1) * validationFraction).rounded(.down)
    return after > before ? .validation : .train
  }

  /// The byte of all texts, one after the other, at which validation begins; before a UTF-8 boundary is found.
  func position(ofByteCount byteCount: Int) -> Int { Int(Double(byteCount) * (1 - validationFraction)) }

  /// Divides the texts by position.
  ///
  /// - Returns: for every text the count of its bytes that belong to training.
  func trainByteCounts(_ documents: [TextDocument]) -> [Int] {
    var rest = position(ofByteCount: documents.reduce(0) { $0 + $1.bytes.count })
    return documents.map { document in
      var count = min(rest, document.bytes.count)
      rest -= count
      // Move back over continuation bytes; text that is not UTF-8 is cut where it falls.
      var boundary = count
      while boundary > max(0, count - 3), boundary < document.bytes.count,
        document.bytes[boundary] & 0xC0 == 0x80
      {
        boundary -= 1
      }
      if boundary == document.bytes.count || document.bytes[boundary] & 0xC0 != 0x80 { count = boundary }
      return count
    }
  }
}

/// Cuts a text into pieces from left to right, as a split pattern does.
protocol PieceScanner {
  /// The end of the piece that begins at `position`.
  ///
  /// - Precondition: `position < text.count`.
  static func endOfPiece(in text: TextBytes, from position: Int) -> Int
}

extension TextBytes {
  /// `\s+(?!\S)|\s+`: white space gives its last character to the piece that follows, unless it has only one or the
  /// text ends.
  @inline(__always) func endOfWhiteSpacePiece(
    _ run: (end: Int, last: Int, newlineEnd: Int), from position: Int
  ) -> Int {
    run.end == count || run.last == position ? run.end : run.last
  }
}

/// A position where both split patterns cut, whatever stands before and after: in front of a space that follows
/// an ASCII character other than white space.
///
/// No piece holds a space except as its first character or after other white space, and no piece that ends in front of
/// a space looks beyond it. So a text may be cut into parts here and the parts be split one by one.
///
/// - Returns: the last such position in `1 ..< count`, or nil.
func lastSafeCut(in bytes: UnsafeBufferPointer<UInt8>) -> Int? {
  var i = bytes.count - 1
  while i > 0 {
    if bytes[i] == 0x20 && bytes[i - 1] > 0x20 && bytes[i - 1] < 0x80 { return i }
    i -= 1
  }
  return nil
}

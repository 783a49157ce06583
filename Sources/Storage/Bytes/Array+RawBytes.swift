extension Array where Element: BitwiseCopyable {
  /// `withUnsafeBytes` whose body may throw a `QuillError` and nothing else.
  package func withRawBytes<Result>(
    _ body: (UnsafeRawBufferPointer) throws(QuillError) -> Result
  ) throws(QuillError) -> Result {
    try withUnsafeBufferPointer { (buffer) throws(QuillError) in try body(UnsafeRawBufferPointer(buffer)) }
  }

  /// `withUnsafeMutableBytes` whose body may throw a `QuillError` and nothing else.
  package mutating func withMutableRawBytes<Result>(
    _ body: (UnsafeMutableRawBufferPointer) throws(QuillError) -> Result
  ) throws(QuillError) -> Result {
    try withUnsafeMutableBufferPointer { (buffer) throws(QuillError) in
      try body(UnsafeMutableRawBufferPointer(buffer))
    }
  }
}

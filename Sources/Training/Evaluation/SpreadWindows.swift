/// Some of a validation split's windows, spread evenly over it: always the same ones, whatever the model.
struct SpreadWindows: ValidationWindows {
  let windows: any ValidationWindows
  let count: Int
  let windowLength: Int

  /// - Parameter limit: the most windows; where the split has no more, all of them.
  init(_ windows: any ValidationWindows, windowLength: Int, limit: Int?) {
    self.windows = windows
    self.windowLength = windowLength
    count = min(windows.count, max(1, limit ?? .max))
  }

  func read(
    _ first: Int, rowCount: Int, into inputs: UnsafeMutableBufferPointer<Int32>,
    targets: UnsafeMutableBufferPointer<Int32>, documentStarts: UnsafeMutableBufferPointer<Int32>?
  ) throws -> Int {
    guard count < windows.count else {
      return try windows.read(
        first, rowCount: rowCount, into: inputs, targets: targets, documentStarts: documentStarts)
    }
    var byteCount = 0
    for row in 0..<rowCount {
      // Rows past the end read past the split's end, which marks them as missing.
      let index = first + row
      let source = index < count ? index * windows.count / count : windows.count
      let range = row * windowLength..<(row + 1) * windowLength
      byteCount += try windows.read(
        source, rowCount: 1, into: UnsafeMutableBufferPointer(rebasing: inputs[range]),
        targets: UnsafeMutableBufferPointer(rebasing: targets[range]),
        documentStarts: documentStarts.map { UnsafeMutableBufferPointer(rebasing: $0[range]) })
    }
    return byteCount
  }
}

import Dispatch
import Storage

/// One batch that the helper thread fills: `windowLength + 1` tokens for every window.
final class PendingBatch: @unchecked Sendable {
  // SAFETY: the helper writes `tokens` and `failure` before it signals `isReady`; others read after waiting for it.
  let starts: [Int]
  let windowLength: Int
  let tokens: UnsafeMutableBufferPointer<Int32>
  private var failure: QuillError?
  private let isReady = DispatchSemaphore(value: 0)

  init(starts: [Int], windowLength: Int) {
    self.starts = starts
    self.windowLength = windowLength
    tokens = .allocate(capacity: starts.count * (windowLength + 1))
  }

  deinit { tokens.deallocate() }

  /// The tokens of a window, and the target after the last.
  func window(_ row: Int) -> UnsafeMutableBufferPointer<Int32> {
    UnsafeMutableBufferPointer(rebasing: tokens[row * (windowLength + 1)..<(row + 1) * (windowLength + 1)])
  }

  func fill(from reader: FrameReader) {
    do throws(QuillError) {
      for (row, start) in starts.enumerated() { try reader.copy(from: start, into: window(row)) }
    } catch {
      failure = error
    }
    isReady.signal()
  }

  /// Waits until the batch is filled; the error that prevented it, or nil.
  func wait() -> QuillError? {
    isReady.wait()
    isReady.signal()
    return failure
  }
}

/// The thread that decodes frames ahead of their use, one batch after the other.
final class Helper: @unchecked Sendable {
  // SAFETY: only blocks on the serial queue touch `reader`.
  private let reader: FrameReader
  private let queue = DispatchQueue(label: "quill.loader", qos: .userInitiated)

  init(_ reader: FrameReader) { self.reader = reader }

  func fill(_ batch: PendingBatch) {
    queue.async { batch.fill(from: self.reader) }
  }
}

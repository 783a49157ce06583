/// The body of a loop, lent to other threads for as long as the call that received it lasts.
///
/// Swift lets a non-escaping closure be called, but not be kept where another thread finds it; `withoutActuallyEscaping`
/// does, at two allocations and 30 to 42 ns for every loop, about seventy in a training step. This takes none: decision 0013,
/// which has the measurement.
struct BorrowedLoopBody: @unchecked Sendable {
  typealias Body = (_ iteration: Int, _ worker: Int) -> Void

  /// The two words that a non-escaping closure consists of. Nothing retains the context: it lies on the lender's stack.
  private var function: UnsafeRawPointer
  private var context: UnsafeRawPointer?

  /// - Precondition: nobody calls the result after the function whose parameter `body` is has returned.
  init(_ body: Body) {
    (function, context) = (UnsafeRawPointer(bitPattern: 1)!, nil)
    Self.lend.call(body, &self)
  }

  @inline(__always)
  func callAsFunction(_ iteration: Int, _ worker: Int) { Self.invoke.call(self, iteration, worker) }

  // SAFETY: a non-escaping closure is passed to a function as a function pointer and a context pointer, in the registers that
  // a structure of two pointers takes. So a function of the one can be called as a function of the other. The function
  // values stand in structures, because a bare one would be wrapped on its way through the generic `unsafeBitCast`.
  private static let lend = unsafeBitCast(
    FunctionOfWords { words, place in place = words }, to: FunctionOfBody.self)
  private static let invoke = unsafeBitCast(
    LoopOfBody { body, iteration, worker in body(iteration, worker) }, to: LoopOfWords.self)

  private struct FunctionOfBody: Sendable { let call: @Sendable (Body, inout BorrowedLoopBody) -> Void }
  private struct FunctionOfWords: Sendable {
    let call: @Sendable (BorrowedLoopBody, inout BorrowedLoopBody) -> Void
  }
  private struct LoopOfBody: Sendable { let call: @Sendable (Body, Int, Int) -> Void }
  private struct LoopOfWords: Sendable { let call: @Sendable (BorrowedLoopBody, Int, Int) -> Void }
}

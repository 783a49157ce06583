import Tokenization

/// The part of a text that a model sees where the text is longer than its context.
///
/// When the window is full, its last half goes on as a new window. Which tokens are in view so depends on how many there are, and not
/// on the turns in which they came: the same text continues in the same way whether it was written or entered, undone or loaded.
struct ContextView {
  /// The tokens before the view, of a text of `count`.
  ///
  /// The last `capacity / 2` tokens are kept whenever one more would not fit, so that a window begins every `capacity + 1 -
  /// capacity / 2` tokens.
  static func start(of count: Int, capacity: Int) -> Int {
    guard count > capacity else { return 0 }
    let step = capacity + 1 - max(1, capacity / 2)
    return (count - capacity + step - 1) / step * step
  }
}

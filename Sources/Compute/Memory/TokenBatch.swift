/// Windows of token ids to train on or to be judged by: B windows of T positions, checked where they are filled.
///
///     var batch = TokenBatch(windowCount: 12, length: 256, vocabularySize: 1_024)
///     try loader.next(into: &batch)
///     step.accumulateGradients(batch, scale: 1, dropoutKey: key)
///
/// Every position has an input, the token it sees, and a target, the token it is to predict, or -1 where nothing counts.
/// The kernels, which check nothing, get their ids from here alone: whatever stands in a batch lies in the vocabulary, and a
/// document begins inside its window. The memory is taken once; filling it again takes none.
package struct TokenBatch: ~Copyable {
  /// B.
  package let windowCount: Int
  /// T: the positions of a window.
  package let length: Int
  /// V: inputs are below it, and so are targets.
  package let vocabularySize: Int
  /// Whether windows that span documents attend within each.
  package let marksDocuments: Bool

  private let memory: UnsafeMutableBufferPointer<Int32>

  /// A batch whose inputs are 0 and whose targets do not count.
  package init(windowCount: Int, length: Int, vocabularySize: Int, marksDocuments: Bool = false) {
    precondition(
      windowCount >= 1 && length >= 1 && vocabularySize >= 1,
      "a batch of \(windowCount) windows of \(length) tokens from a vocabulary of \(vocabularySize)")
    self.windowCount = windowCount
    self.length = length
    self.vocabularySize = vocabularySize
    self.marksDocuments = marksDocuments
    let count = windowCount * length
    // Inputs, targets, starts of documents; and one window on its way in, with the target after its last input.
    memory = .allocate(capacity: 3 * count + length + 1)
    memory.initialize(repeating: 0)
    memory[count..<2 * count].update(repeating: -1)
  }

  deinit { memory.deallocate() }

  /// B · T.
  package var count: Int { windowCount * length }

  /// The token at each position, `(B, T)`.
  package var inputs: UnsafeBufferPointer<Int32> { part(0..<count) }

  /// The token after each position, or -1, `(B, T)`.
  package var targets: UnsafeBufferPointer<Int32> { part(count..<2 * count) }

  /// Where in its window the document of each position begins, 0 where it began before, `(B, T)`; nil where every window
  /// is of one document, so that such a batch costs nothing.
  package var documentStarts: UnsafeBufferPointer<Int32>? {
    guard marksDocuments else { return nil }
    // Starts never fall within a window: the last one says whether there is a boundary.
    let starts = part(2 * count..<3 * count)
    for window in 0..<windowCount where starts[(window + 1) * length - 1] > 0 { return starts }
    return nil
  }

  /// The targets that count.
  package var targetCount: Int { targets.reduce(0) { $0 + ($1 < 0 ? 0 : 1) } }

  /// Fills a window with consecutive tokens of a text: inputs, and as targets the tokens after them. Positions past the
  /// last token have the input 0 and a target that does not count; they belong to the document before them.
  ///
  /// - Parameters:
  ///   - tokenCount: the tokens there are, T + 1 for a whole window; none for an empty one.
  ///   - tokens: writes that many tokens; not called for an empty window.
  ///   - documentStarts: writes for every input that is there where in the window its document begins; called only where
  ///     the batch marks documents.
  /// - Precondition: tokens are ids of the vocabulary; a document begins at its first position or where the one of the
  ///   position before did.
  package mutating func fillWindow<Failure: Error>(
    _ window: Int, tokenCount: Int, tokens: (UnsafeMutableBufferPointer<Int32>) throws(Failure) -> Void,
    documentStarts: (UnsafeMutableBufferPointer<Int32>) -> Void
  ) throws(Failure) {
    precondition(
      window >= 0 && window < windowCount && tokenCount >= 0 && tokenCount <= length + 1,
      "\(tokenCount) tokens for window \(window) of \(windowCount), which has \(length) positions")
    let incoming = UnsafeMutableBufferPointer(rebasing: memory[3 * count..<3 * count + tokenCount])
    if tokenCount > 0 { try tokens(incoming) }
    let there = max(0, tokenCount - 1)
    let first = window * length
    for index in 0..<tokenCount { requireID(incoming[index], window, index) }
    for index in 0..<length {
      memory[first + index] = index < there ? incoming[index] : 0
      memory[count + first + index] = index < there ? incoming[index + 1] : -1
    }
    guard marksDocuments else { return }
    let starts = UnsafeMutableBufferPointer(rebasing: memory[2 * count + first..<2 * count + first + length])
    if there > 0 { documentStarts(UnsafeMutableBufferPointer(rebasing: starts[..<there])) }
    for index in there..<length { starts[index] = index == 0 ? 0 : starts[index - 1] }
    requireStarts(UnsafeBufferPointer(starts))
  }

  private func requireID(_ id: Int32, _ window: Int, _ position: Int) {
    precondition(
      id >= 0 && Int(id) < vocabularySize,
      "token \(id) in window \(window), position \(position) is outside a vocabulary of \(vocabularySize)")
  }

  private func requireStarts(_ starts: UnsafeBufferPointer<Int32>) {
    for position in 0..<length {
      let start = starts[position]
      precondition(
        start == position || start == (position == 0 ? 0 : starts[position - 1]),
        "position \(position): a document begins neither at \(start) nor where the one of the position before did"
      )
    }
  }

  // SAFETY: the memory lives as long as the batch; callers do not keep what they get.
  private func part(_ range: Range<Int>) -> UnsafeBufferPointer<Int32> {
    UnsafeBufferPointer(rebasing: UnsafeBufferPointer(memory)[range])
  }
}

extension TokenBatch {
  /// A batch of given ids, `(B, length)` row-major.
  ///
  /// - Parameters:
  ///   - targets: as many; -1 marks a position that does not count.
  ///   - documentStarts: as many, where windows span documents.
  /// - Precondition: counts agree, and all ids and starts are such as `fillWindow` takes.
  package init(
    inputs: [Int32], targets: [Int32], documentStarts: [Int32]? = nil, length: Int, vocabularySize: Int
  ) {
    precondition(
      length >= 1 && inputs.count % length == 0 && targets.count == inputs.count
        && documentStarts?.count ?? inputs.count == inputs.count,
      "\(inputs.count) inputs, \(targets.count) targets and \(documentStarts?.count ?? inputs.count) starts in windows of "
        + "\(length)")
    self.init(
      windowCount: inputs.count / length, length: length, vocabularySize: vocabularySize,
      marksDocuments: documentStarts != nil)
    for row in 0..<count {
      requireID(inputs[row], row / length, row % length)
      if targets[row] != -1 { requireID(targets[row], row / length, row % length) }
      memory[row] = inputs[row]
      memory[count + row] = targets[row]
      if let documentStarts { memory[2 * count + row] = documentStarts[row] }
    }
    for window in 0..<windowCount where documentStarts != nil {
      requireStarts(part(2 * count + window * length..<2 * count + (window + 1) * length))
    }
  }
}

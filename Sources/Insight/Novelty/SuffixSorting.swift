import CVector
import Compute

// SAFETY: `text` and `order` have `count` elements, `bounds` and `counts` as many as there are symbols, each symbol of the text is less
// than that, and every position taken from `order` was written there by the pass before: 0 ..< count, or its complement. Callers
// outside this file come through `suffixArray(of:symbolCount:into:)`, which checks what the rest relies on.

/// The suffix array of a text over integers, in linear time: SA-IS, sorting by induction.
///
/// The suffix at i is *L* where it is larger than the suffix at i + 1, else *S*; the last one is L, as the end counts as smallest. An S
/// suffix after an L suffix is *LMS*. The order of the LMS suffixes decides that of all: suffixes stand in buckets by first symbol, L
/// before S, and one pass from the left puts every L suffix behind the one it follows, one from the right every S suffix. The LMS
/// suffixes themselves are sorted by naming the stretches from each to the next in an order found by the same two passes, and by
/// recursion on the text of names, which is at most half as long.
///
/// The recursion works in the free part of the result, and so do its two counts for each name as far as there is room. What is
/// taken beside text and result was 1 byte for each position of natural text (`docs/LOG.md`) and cannot be more than 8.
///
/// Source: Nong, Zhang & Chan 2009, "Linear suffix array construction by almost pure induced-sorting", doi:10.1109/DCC.2009.42. That types are
/// read off neighbouring symbols, and a complement marks what a pass has no use for, is Mori's idea (sais-lite).
struct SuffixSorting<Symbol: FixedWidthInteger & BitwiseCopyable> {
  private let text: UnsafePointer<Symbol>
  private let count: Int
  private let order: UnsafeMutablePointer<Int32>
  private let symbolCount: Int
  /// How often each symbol occurs.
  private let counts: UnsafeMutablePointer<Int32>
  /// Where the next suffix of each bucket goes.
  private let bounds: UnsafeMutablePointer<Int32>

  /// Positions ahead for which memory is asked early: 2 stages, each about as long as memory takes to answer.
  private static var reach: Int { 24 }

  /// `progress` gets the fraction done between passes.
  private func sort(progress: (Double) -> Void) {
    for symbol in 0..<symbolCount { counts[symbol] = 0 }
    for position in 0..<count { counts[at(position)] &+= 1 }

    // 1. The order of the stretches between LMS suffixes, by induction from any order of the suffixes.
    order.update(repeating: 0, count: count)
    setBounds(toEnds: true)
    forEachLMS { position in
      let symbol = at(position)
      bounds[symbol] &-= 1
      order[Int(bounds[symbol])] = Int32(truncatingIfNeeded: position)
    }
    progress(0.05)
    induce()
    progress(0.35)

    // 2. Names: equal for equal stretches, ascending.
    let lmsCount = gatherLMS()
    let nameCount = name(lmsCount)
    progress(0.5)

    // 3. The order of the LMS suffixes: that of their names, where those are all different.
    if nameCount < lmsCount { sortNames(lmsCount, nameCount) }
    progress(0.75)

    // 4. The order of all suffixes.
    (order + lmsCount).update(repeating: 0, count: count - lmsCount)
    setBounds(toEnds: true)
    for rank in stride(from: lmsCount - 1, through: 0, by: -1) {
      let position = order[rank]
      order[rank] = 0
      let symbol = at(Int(position))
      bounds[symbol] &-= 1
      order[Int(bounds[symbol])] = position
    }
    induce()
    progress(1)
  }

  @inline(__always)
  private func at(_ position: Int) -> Int { Int(truncatingIfNeeded: text[position]) }

  private func setBounds(toEnds: Bool) {
    var sum: Int32 = 0
    for symbol in 0..<symbolCount {
      let next = sum &+ counts[symbol]
      bounds[symbol] = toEnds ? next : sum
      sum = next
    }
  }

  /// Calls `body` for every LMS position, the last first.
  @inline(__always)
  private func forEachLMS(_ body: (Int) -> Void) {
    var isS = false
    var next = at(count - 1)
    for position in stride(from: count - 2, through: 0, by: -1) {
      let symbol = at(position)
      if symbol < next {
        isS = true
      } else if symbol > next {
        if isS { body(position + 1) }
        isS = false
      }
      next = symbol
    }
  }

  /// Completes the order, given the LMS positions at the ends of their buckets and 0 elsewhere.
  ///
  /// A positive entry j asks the pass that meets it to place the suffix j - 1; entries of the other kind are complemented.
  private func induce() {
    // L suffixes, from the left, to the beginnings of their buckets. The last one is L: the end is smaller.
    setBounds(toEnds: false)
    place(count - 1, whereSmaller: true)
    for index in 0..<count {
      prefetch(index &+ Self.reach, index &+ 2 &* Self.reach, isWithin: index &+ 2 &* Self.reach < count)
      let position = order[index]
      order[index] = ~position
      if position > 0 { place(Int(position) &- 1, whereSmaller: true) }
    }
    // S suffixes, from the right, to the ends of their buckets, over the LMS ones that the first pass began with.
    setBounds(toEnds: true)
    var index = count
    while index > 0 {
      index &-= 1
      prefetch(index &- Self.reach, index &- 2 &* Self.reach, isWithin: index >= 2 &* Self.reach)
      let position = order[index]
      if position > 0 { place(Int(position) &- 1, whereSmaller: false) } else { order[index] = ~position }
    }
  }

  /// Puts a suffix into its bucket, complemented where the suffix before it is not of the kind that this pass places.
  @inline(__always)
  private func place(_ position: Int, whereSmaller isL: Bool) {
    let symbol = at(position)
    let before = position > 0 ? at(position &- 1) : symbol
    let entry = Int32(truncatingIfNeeded: position)
    if isL {
      let bound = Int(bounds[symbol])
      bounds[symbol] &+= 1
      order[bound] = before < symbol ? ~entry : entry
    } else {
      bounds[symbol] &-= 1
      order[Int(bounds[symbol])] = position == 0 || before > symbol ? ~entry : entry
    }
  }

  /// Asks for the symbols of a suffix that a pass will soon place, and for the place where one goes even sooner.
  @inline(__always)
  private func prefetch(_ near: Int, _ far: Int, isWithin: Bool) {
    guard isWithin else { return }
    let later = order[far]
    if later > 0 { quill_prefetch(text + (Int(later) &- 1)) }
    let sooner = order[near]
    if sooner > 0 { quill_prefetch_write(order + Int(bounds[at(Int(sooner) &- 1)])) }
  }

  /// Moves the LMS positions, in the order they stand in, to the beginning of `order`; returns their count.
  private func gatherLMS() -> Int {
    var found = 0
    for index in 0..<count {
      let position = Int(order[index])
      guard position > 0 else { continue }
      let symbol = at(position)
      guard at(position &- 1) > symbol else { continue }
      // S where the next different symbol is larger. Such a run of equal symbols is looked at from its first alone.
      var next = position &+ 1
      while next < count, at(next) == symbol { next &+= 1 }
      guard next < count, at(next) > symbol else { continue }
      order[found] = Int32(truncatingIfNeeded: position)
      found &+= 1
    }
    return found
  }

  /// Writes for LMS position p the name of the stretch from p to the next one to `order[lmsCount + p / 2]`, counted from 1; two LMS
  /// positions are never neighbours. What is between stays 0.
  ///
  /// - Returns: the number of names.
  private func name(_ lmsCount: Int) -> Int {
    let names = order + lmsCount
    names.update(repeating: 0, count: count / 2)
    // At first the lengths. The symbol that ends a stretch begins the next one: it need not be compared.
    var end = count
    forEachLMS { position in
      names[position / 2] = Int32(truncatingIfNeeded: end - position)
      end = position
    }
    var nameCount: Int32 = 0
    var (previous, previousLength) = (0, 0)
    for rank in 0..<lmsCount {
      let position = Int(order[rank])
      let length = Int(names[position / 2])
      var isEqual = length == previousLength
      if isEqual {
        var offset = 0
        while offset < length, text[position &+ offset] == text[previous &+ offset] { offset &+= 1 }
        isEqual = offset == length
      }
      if !isEqual {
        nameCount &+= 1
        (previous, previousLength) = (position, length)
      }
      names[position / 2] = nameCount
    }
    return Int(nameCount)
  }

  /// Replaces the LMS positions at the beginning of `order` by the same in the order of their suffixes.
  private func sortNames(_ lmsCount: Int, _ nameCount: Int) {
    let names = order + lmsCount
    let reduced = order + (count - lmsCount)
    var written = lmsCount
    for index in stride(from: count / 2 - 1, through: 0, by: -1) where names[index] != 0 {
      written &-= 1
      reduced[written] = names[index] &- 1
    }
    SuffixSorting<Int32>.sort(
      UnsafePointer(reduced), count: lmsCount, symbolCount: nameCount, into: order,
      free: UnsafeMutableBufferPointer(start: order + lmsCount, count: count - 2 * lmsCount))
    written = lmsCount
    forEachLMS { position in
      written &-= 1
      reduced[written] = Int32(truncatingIfNeeded: position)
    }
    for rank in 0..<lmsCount { order[rank] = reduced[Int(order[rank])] }
  }

  /// - Parameter free: room that may be used meanwhile.
  fileprivate static func sort(
    _ text: UnsafePointer<Symbol>, count: Int, symbolCount: Int, into order: UnsafeMutablePointer<Int32>,
    free: UnsafeMutableBufferPointer<Int32>, progress: (Double) -> Void = { _ in }
  ) {
    guard count > 1 else {
      if count == 1 { order[0] = 0 }
      return
    }
    // Each of the two counts lies in the free room where there is enough, else in memory of its own.
    let fitting = min(2, free.count / max(1, symbolCount))
    let taken = fitting < 2 ? UnsafeMutablePointer<Int32>.allocate(capacity: (2 - fitting) * symbolCount) : nil
    defer { taken?.deallocate() }
    let bounds = taken ?? free.baseAddress! + symbolCount
    let counts = fitting > 0 ? free.baseAddress! : bounds + symbolCount
    let sorting = SuffixSorting(
      text: text, count: count, order: order, symbolCount: symbolCount, counts: counts, bounds: bounds)
    sorting.sort(progress: progress)
  }
}

/// Sorts the suffixes of a text.
///
///     suffixArray(of: [1, 0, 2, 0, 2, 0], symbolCount: 3, …)      // 5 3 1 0 4 2
///
/// - Parameters:
///   - symbolCount: every symbol is less.
///   - order: receives the positions in the order of their suffixes.
///   - progress: gets the fraction done, a few times.
/// - Precondition: `order` is as long as the text, which is shorter than 2³¹, and the symbols are less than `symbolCount`.
/// - Complexity: O(n + symbolCount).
func suffixArray<Symbol: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(
  of text: UnsafeBufferPointer<Symbol>, symbolCount: Int, into order: UnsafeMutableBufferPointer<Int32>,
  progress: (Double) -> Void = { _ in }
) {
  precondition(
    text.count == order.count && text.count < Int(Int32.max),
    "a text of \(text.count) symbols, an order of \(order.count)")
  guard let symbols = text.baseAddress, let positions = order.baseAddress else { return }
  var largest: Symbol = 0
  for symbol in text { largest = max(largest, symbol) }
  precondition(
    symbolCount < Int(Int32.max) && UInt64(largest) < UInt64(symbolCount),
    "the symbol \(largest) of \(symbolCount)")
  SuffixSorting.sort(
    symbols, count: text.count, symbolCount: symbolCount, into: positions,
    free: UnsafeMutableBufferPointer(start: nil, count: 0), progress: progress)
}

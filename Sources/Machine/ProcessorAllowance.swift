import CVector

/// The processors that this process may use, as they were when it was first asked.
package enum ProcessorAllowance {
  /// The most processors that `affinity` tells of.
  package static let processorLimit = 1_024

  /// The numbers of the processors that the process's affinity allows, ascending.
  ///
  /// Read once: a thread that is pinned later sees only its own.
  package static let affinity: [Int] = {
    var numbers = [Int32](repeating: 0, count: processorLimit)
    let count = quill_allowed_processors(&numbers, Int32(numbers.count))
    return count > 0 ? numbers[..<Int(count)].map(Int.init) : [0]
  }()

  /// The threads that can run at once: the processors of the affinity, or fewer where a control group grants
  /// less time; at least 1.
  package static let count: Int = count(of: affinity.count, quota: ControlGroup.processorQuota())

  /// A granted part of a processor is worth a thread.
  static func count(of processors: Int, quota: Double?) -> Int {
    guard let quota, quota < Double(processors) else { return processors }
    return max(1, Int(quota.rounded(.up)))
  }

  /// Binds the calling thread to a processor of `affinity`, counted round; whether the system agreed.
  ///
  /// - Precondition: `index >= 0`.
  @discardableResult
  package static func pinThread(toProcessorAt index: Int) -> Bool {
    quill_pin_thread(Int32(affinity[index % affinity.count])) == 0
  }
}

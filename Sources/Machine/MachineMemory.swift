import Foundation

/// What the system says about memory.
package enum MachineMemory {
  /// The bytes that can be taken without swapping: `MemAvailable`, or what the control groups still allow where that is
  /// less. Nil where neither can be read.
  package static func availableBytes() -> Int? {
    [systemAvailable(), ControlGroup.availableBytes()].compactMap { $0 }.min()
  }

  /// The most memory this process has held.
  package static func peakBytes() -> Int? {
    var usage = rusage()
    #if os(Linux)
      guard getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 else { return nil }
      return usage.ru_maxrss * 1024
    #else
      guard getrusage(RUSAGE_SELF, &usage) == 0 else { return nil }
      return usage.ru_maxrss
    #endif
  }

  private static func systemAvailable() -> Int? {
    guard let text = try? String(contentsOfFile: "/proc/meminfo", encoding: .utf8) else { return nil }
    for line in text.split(separator: "\n") where line.hasPrefix("MemAvailable:") {
      guard let kilobytes = line.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else {
        return nil
      }
      return kilobytes * 1024
    }
    return nil
  }
}

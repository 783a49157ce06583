import Formatting
import Storage

extension BatchLoader {
  /// Going to a window takes a few nanoseconds for each epoch before it.
  private static let mostEpochs = 1_000_000_000

  /// Makes the loader continue as if it had drawn `windowsDrawn` windows.
  ///
  /// - Throws: `.badData` where the number is negative, or that of more epochs than anybody trains.
  package func restore(windowsDrawn: Int) throws(QuillError) {
    guard windowsDrawn >= 0, windowsDrawn / windowsPerEpoch <= Self.mostEpochs else {
      throw QuillError(
        .badData, at: "loader state",
        "expected a count of windows of at most \(Self.mostEpochs.grouped) epochs of "
          + "\(windowsPerEpoch.grouped), found \(windowsDrawn.grouped)")
    }
    self.windowsDrawn = windowsDrawn
    pending.removeAll()
    planner = Planner(order)
    planner.move(to: windowsDrawn)
  }
}

import Formatting
import Machine
import Storage

/// Checks of sizes against what a machine has, before anything is taken.
package enum MemoryNeed {
  /// More bytes than any machine has, few enough that sums of them fit an `Int`.
  private static let mostBytes = 0x1p50

  /// Checks that the bytes of a pass over `batchSize` windows of `length` tokens can be counted: that no product of the plan
  /// overflows. An estimate in floating point, within a small factor of the plan.
  ///
  /// - Throws: `QuillError` of kind `.usage`.
  package static func requireCountable(
    _ configuration: ModelConfiguration, batchSize: Int, length: Int
  ) throws(QuillError) {
    let (layers, width) = (Double(configuration.layerCount), Double(configuration.width))
    let (inner, vocabulary) = (Double(configuration.feedForwardWidth), Double(configuration.vocabularySize))
    let rows = Double(batchSize) * Double(length)
    let parameters = layers * width * (4 * width + 3 * inner) + (2 * vocabulary + Double(length)) * width
    let activations = rows * (layers * (16 * width + 6 * inner) + 4 * width) + 65_536 * vocabulary
    guard 4 * (4 * parameters + activations) < mostBytes else {
      throw QuillError(
        .usage, at: "memory", "a model and batch of these sizes need more than 1,000,000 GB",
        remedy: "Choose fewer layers, a smaller width or context, or a smaller batch.")
    }
  }

  /// Checks that `byteCount` bytes are available.
  ///
  /// - Parameter what: takes them: "the evaluation".
  /// - Throws: `QuillError` of kind `.usage` that says how many there are.
  package static func require(_ byteCount: Int, for what: String, remedy: String) throws(QuillError) {
    guard let available = MachineMemory.availableBytes(), byteCount > available else { return }
    throw QuillError(
      .usage, at: "memory",
      "\(what) needs \(Quantity.bytes(byteCount)) and \(Quantity.bytes(available)) are available",
      remedy: remedy)
  }
}

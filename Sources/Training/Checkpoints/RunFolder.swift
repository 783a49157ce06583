import Foundation
import Storage

/// A run's folder, such as `checkpoints/NAME`, and the checkpoints in it.
public struct RunFolder: Sendable {
  public let url: URL

  public init(_ url: URL) { self.url = url }

  /// The complete model folder that `url` stands for, verified against its manifest where it has one: the best
  /// checkpoint of a run folder, or `url` itself where it is a step or any other Hugging Face folder.
  ///
  /// - Parameter step: picks a step of a run folder instead of the best.
  /// - Throws: `QuillError`: `.missingInput` where there is none, `.badData` where it is damaged.
  public static func modelFolder(at url: URL, step: Int? = nil) throws -> URL { fatalError("not written yet") }
}

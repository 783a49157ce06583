import Foundation

/// Real data that lives beside the repository, never in it.
///
/// Tests on it are skipped where it is absent:
///
///     @Test(.enabled(if: SharedData.isPresent, "needs ../shared beside the checkout"))
package enum SharedData {
  /// The folder `shared` next to the checkout.
  package static let folder = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("shared")

  package static var isPresent: Bool { FileManager.default.fileExists(atPath: folder.path) }

  package static var tinyShakespeare: URL { folder.appendingPathComponent("corpora/tinyshakespeare.txt") }
  package static var wikitextValidation: URL { folder.appendingPathComponent("corpora/wikitext2-valid.txt") }
  package static var wikitextTest: URL { folder.appendingPathComponent("corpora/wikitext2-test.txt") }
}

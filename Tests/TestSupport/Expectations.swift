import Foundation
import Storage
import Testing

/// Expects that `body` throws a `QuillError` of a kind whose description contains each of `parts`.
package func expectError(
  _ kind: QuillError.Kind, containing parts: String..., sourceLocation: SourceLocation = #_sourceLocation,
  _ body: () throws -> Void
) {
  let error = #expect(throws: QuillError.self, sourceLocation: sourceLocation) { try body() }
  guard let error else { return }
  #expect(error.kind == kind, "\(error)", sourceLocation: sourceLocation)
  for part in parts {
    #expect(error.description.contains(part), "\(error)", sourceLocation: sourceLocation)
  }
}

extension URL {
  /// The path of `name` inside this folder.
  package func appending(_ name: String) -> String { appendingPathComponent(name).path }
}

/// The bytes of a file.
package func content(_ path: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(filePath: path))) }

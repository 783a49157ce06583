import Foundation
import Storage

/// The program that draws Quill's figures.
package enum Gnuplot {
  /// Runs a script with `folder` as the current folder.
  ///
  /// - Throws: `QuillError`: `.missingInput` where gnuplot is not installed, `.inputOutput` where it fails.
  package static func run(_ script: String, in folder: String) throws {
    guard let program = find() else {
      throw QuillError(
        .missingInput, at: "gnuplot", "gnuplot is not installed",
        remedy: "Install it with 'apt install gnuplot-nox'.")
    }
    let process = Process()
    process.executableURL = URL(filePath: program)
    process.arguments = [script]
    process.currentDirectoryURL = URL(filePath: folder)
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    do { try process.run() } catch {
      throw QuillError(.inputOutput, at: program, "gnuplot cannot be started")
    }
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw QuillError(.inputOutput, at: program, "gnuplot failed with status \(process.terminationStatus)")
    }
  }

  private static func find() -> String? {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    return path.split(separator: ":").map { "\($0)/gnuplot" }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  /// Text for use between double quotes.
  package static func quoted(_ text: String) -> String {
    text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: " ")
  }
}

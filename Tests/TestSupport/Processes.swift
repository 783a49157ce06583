import Foundation

/// Where a program lies on this machine's search path, or nil.
package func findProgram(_ name: String) -> String? {
  // Without the type, strings of characters and whole strings meet in an array of anything, and nothing is ever found.
  let path: [String] = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(
    String.init)
  let folders = path + ["/sbin", "/usr/sbin"]
  return folders.map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
}

/// Runs a program found on the search path to its end.
///
/// - Returns: its exit status and what it wrote to standard output, or nil where there is no such program.
package func runProgram(_ name: String, _ arguments: [String], in folder: URL? = nil) throws -> (
  status: Int32, output: Data
)? {
  guard let path = findProgram(name) else { return nil }
  let process = Process()
  process.executableURL = URL(filePath: path)
  process.arguments = arguments
  process.currentDirectoryURL = folder
  let output = Pipe()
  process.standardOutput = output
  process.standardError = FileHandle.nullDevice
  try process.run()
  let data = output.fileHandleForReading.readDataToEndOfFile()
  process.waitUntilExit()
  return (process.terminationStatus, data)
}

/// Runs `body` with a folder on a disk of `byteCount` bytes, so that it can be filled.
///
/// - Returns: false, without running `body`, where this user may not mount one.
@discardableResult
package func withTinyDisk(byteCount: Int, _ body: (URL) throws -> Void) throws -> Bool {
  try withTemporaryFolder { folder in
    let mount = try runProgram("mount", ["-t", "tmpfs", "-o", "size=\(byteCount)", "tmpfs", folder.path])
    guard mount?.status == 0 else { return false }
    defer { _ = try? runProgram("umount", [folder.path]) }
    try body(folder)
    return true
  }
}

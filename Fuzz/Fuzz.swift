import Foundation
import Readers
import Storage

/// The reader that `QUILL_READER` names, on its example in a temporary folder; the first byte of an input picks the file.
///
/// Used by libFuzzer's one thread only.
private let example: ReaderExample = {
  let name = ProcessInfo.processInfo.environment["QUILL_READER"] ?? ""
  guard let reader = Reader.named(name) else {
    let names = Reader.all.map(\.name).joined(separator: ", ")
    fatalError("QUILL_READER is '\(name)', expected one of \(names)")
  }
  do {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("quill-fuzz-\(getpid())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let example = try ReaderExample(reader, in: folder)
    try writeSeeds(of: example)
    return example
  } catch {
    fatalError("no example of \(name): \(error)")
  }
}()

/// Adds the sound files to the folder of inputs that `QUILL_SEEDS` names.
private func writeSeeds(of example: ReaderExample) throws {
  guard let folder = ProcessInfo.processInfo.environment["QUILL_SEEDS"] else { return }
  for (index, file) in example.files.enumerated() {
    try Data([UInt8(index)] + file.content).write(to: URL(filePath: "\(folder)/sound-\(index)"))
  }
}

/// libFuzzer's loop over inputs.
@_silgen_name("LLVMFuzzerRunDriver")
private func runFuzzer(
  _ count: UnsafeMutablePointer<CInt>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
  _ testOneInput: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

/// The program's beginning under the name that the package manager links it by, in the place of libFuzzer's own.
@_cdecl("fuzz_main")
public func fuzzMain(
  _ count: CInt, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> CInt {
  var (count, arguments) = (count, arguments)
  return runFuzzer(&count, &arguments) { testOneInput($0, $1) }
}

/// Makes the example before libFuzzer reads its folder of inputs.
@_cdecl("LLVMFuzzerInitialize")
public func initializeFuzzer(
  _ count: UnsafeMutablePointer<CInt>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>
) -> CInt {
  _ = example.files.count
  return 0
}

/// One input: read or refused with an error of the reader's kinds; anything else ends the process, which libFuzzer reports.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  guard let first = start?.pointee, count > 0 else { return 0 }
  let content = Array(UnsafeBufferPointer(start: start, count: count).dropFirst())
  do {
    try example.read(replacing: Int(first) % example.files.count, by: content)
  } catch let error as QuillError where example.reader.kinds.contains(error.kind) {
  } catch {
    fatalError("\(example.reader.name): \(type(of: error)) \(error)")
  }
  return 0
}

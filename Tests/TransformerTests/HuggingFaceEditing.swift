import Foundation
import Storage
import TestSupport
import Testing
import Transformer

/// Runs `body` with a copy of a golden folder that it may damage.
func withCopy(of golden: Golden, _ body: (String) throws -> Void) throws {
  try withTemporaryFolder { folder in
    let copy = folder.appendingPathComponent("model")
    try FileManager.default.copyItem(at: URL(filePath: golden.folder), to: copy)
    try body(copy.path)
  }
}

/// Changes the object of `config.json`.
func editConfiguration(_ path: String, _ edit: (inout JSONObject) -> Void) throws {
  guard case .object(var object) = try JSONNode(file: "\(path)/config.json").value else { return }
  edit(&object)
  try AtomicFile.write("\(path)/config.json", JSONValue.object(object).prettyText)
}

/// What `rewriteWeights` writes for a tensor: name, type, shape, bytes.
typealias EncodedTensor = (String, SafetensorsType, [Int], [UInt8])

/// A tensor as it was.
func encoded(_ tensor: SafetensorsFile.Tensor, _ values: [Float]) -> EncodedTensor {
  (tensor.name, tensor.type, tensor.shape, values.withUnsafeBytes { Array($0) })
}

/// Rewrites `model.safetensors`, tensor by tensor; nil leaves one out.
func rewriteWeights(
  _ path: String, _ change: (SafetensorsFile.Tensor, [Float]) -> EncodedTensor?
) throws {
  let file = try SafetensorsFile("\(path)/model.safetensors")
  var entries: [SafetensorsEntry] = []
  for tensor in file.tensors {
    let values = file.bytes(of: tensor).withMemoryRebound(to: Float.self) { Array($0) }
    guard let (name, type, shape, bytes) = change(tensor, values) else { continue }
    entries.append(
      SafetensorsEntry(name, type, shape: shape) { (file) throws(QuillError) in try file.write(bytes) })
  }
  try SafetensorsWriter.write("\(path)/model.safetensors", entries)
}

/// Expects a `QuillError` of a kind whose description contains `message`.
func expectError(
  _ message: String, kind: QuillError.Kind = .badData, sourceLocation: SourceLocation = #_sourceLocation,
  _ body: () throws -> HuggingFaceFolder.Checkpoint
) {
  do {
    _ = try body()
    Issue.record("expected an error that says \(message)", sourceLocation: sourceLocation)
  } catch let error as QuillError {
    #expect(error.kind == kind, "\(error)", sourceLocation: sourceLocation)
    #expect(error.description.contains(message), sourceLocation: sourceLocation)
  } catch {
    Issue.record(error, sourceLocation: sourceLocation)
  }
}

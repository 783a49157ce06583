import Foundation
import Readers
import Storage
import TestSupport
import Testing

/// Every value of the JSON files that training, sweeps, corpora and models read, replaced by each of those that break programs: an error
/// that names file and field, or a value that harms nothing.
@Suite(.timeLimit(.minutes(20)), .serialized) struct RangeTests {
  private static let numbers = [
    "-1", "0", "1e308", "-1e308", "1e-320", "9223372036854775807", "9223372036854775808", "1.5",
    String(repeating: "9", count: 400),
  ]
  /// No JSON: named by line.
  fileprivate static let words = ["nan", "-nan", "NaN", "-inf", "Infinity", "1.#QNAN"]
  private static let others = [#""nan""#, #""-nan""#, #""auto""#, "null", "true", "[1]", "{}"]

  @Test(arguments: [Reader.resumeState, .sweep, .corpus, .modelConfiguration])
  func noValueOfAFileHarms(by reader: Reader) throws {
    try withTemporaryFolder { folder in
      let example = try ReaderExample(reader, in: folder)
      for (index, file) in example.files.enumerated() {
        let isLines = file.name.hasSuffix(".jsonl")
        guard isLines || file.name.hasSuffix(".json"), !file.name.hasSuffix("tokenizer.json") else { continue }
        for damage in try Self.damages(of: file.content, lines: isLines) {
          try expectOrder(reader, example, index, damage)
        }
      }
    }
  }

  private func expectOrder(_ reader: Reader, _ example: ReaderExample, _ index: Int, _ damage: Damage) throws {
    let file = FilePath.name(of: example.files[index].name)
    let start = ContinuousClock.now
    do {
      try example.read(replacing: index, by: Array(damage.text.utf8), goingOn: true)
    } catch let error as QuillError {
      let names = damage.namedPlaces(in: file)
      #expect(names.allSatisfy("\(error)".contains), "\(damage): \(error)")
      #expect(reader.kinds.contains(error.kind), "\(damage): \(error)")
    }
    #expect(ContinuousClock.now - start < .seconds(10), "\(damage)")
  }

  /// A file with one value replaced.
  struct Damage: CustomStringConvertible {
    var path: String
    /// The last key on the path.
    var field: String
    var value: String
    var text: String
    /// Whether a text replaces a text: it may be a good one, and what it names be missing.
    var isText: Bool

    /// What an error must name. Null stands for a key's absence, which may be an error of what needs it.
    func namedPlaces(in file: String) -> [String] {
      isText
        ? [] : RangeTests.words.contains(value) ? [file, "line "] : value == "null" ? [file] : [file, field]
    }

    var description: String { "\(path) = \(value.prefix(24))" }
  }

  private static func damages(of content: [UInt8], lines: Bool) throws -> [Damage] {
    let text = String(decoding: content, as: UTF8.self)
    var seen: Set<String> = []
    let parts = lines ? text.split(separator: "\n").map(String.init) : [text]
    return try parts.indices.flatMap { part in
      let root = try JSONValue.parse(parts[part], place: "example")
      return leaves(root, path: "", field: "").flatMap { leaf -> [Damage] in
        guard seen.insert(leaf.shape).inserted else { return [] }
        return (numbers + words + others).map { value in
          var changed = parts
          changed[part] = leaf.document.compactText.replacing("\"\(mark)\"", with: value)
          return Damage(
            path: leaf.path, field: leaf.field, value: value, text: changed.map { $0 + "\n" }.joined(),
            isText: leaf.isText && value.hasPrefix("\""))
        }
      }
    }
  }

  private static let mark = "@the value@"

  private struct Leaf {
    var path: String
    var field: String
    /// The whole document, with `mark` in the place of the leaf.
    var document: JSONValue
    var isText: Bool
    /// The path without positions: of a list's elements one is tried.
    var shape: String { path.replacing(/\[[0-9]+\]/, with: "[]") }
  }

  private static func leaves(_ value: JSONValue, path: String, field: String) -> [Leaf] {
    switch value {
    case .object(let object):
      object.members.flatMap { key, child in
        leaves(child, path: "\(path).\(key)", field: key).map { leaf in
          var (leaf, object) = (leaf, object)
          object[key] = leaf.document
          leaf.document = .object(object)
          return leaf
        }
      }
    case .array(let elements):
      elements.indices.flatMap { index in
        leaves(elements[index], path: "\(path)[\(index)]", field: field).map { leaf in
          var (leaf, elements) = (leaf, elements)
          elements[index] = leaf.document
          leaf.document = .array(elements)
          return leaf
        }
      }
    case .string: [Leaf(path: path, field: field, document: .string(mark), isText: true)]
    default: [Leaf(path: path, field: field, document: .string(mark), isText: false)]
    }
  }
}

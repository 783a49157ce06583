import Formatting

/// A place inside a JSON document: a value that knows its file and its key path, so that its errors can name both.
///
///     let config = try JSONNode(file: "checkpoints/run/config.json")
///     let layers: Int = try config.value("num_hidden_layers")
///     let theta = try config.valueIfPresent("rope_theta", as: Double.self) ?? 10_000
///     for node in try config.value("eos_token_id", as: [JSONNode].self) { … }
package struct JSONNode: Sendable {
  package let value: JSONValue
  /// The file, for messages.
  package let place: String
  /// The keys from the document's root, such as `model.merges[3]`; empty at the root.
  package let path: String

  package init(_ value: JSONValue, place: String, path: String = "") {
    self.value = value
    self.place = place
    self.path = path
  }

  /// Reads and parses a file.
  package init(file: String, as dialect: JSONDialect = .json) throws(QuillError) {
    let value = try MappedFile.withBytes(of: file) { (bytes) throws(QuillError) in
      try JSONValue.parse(bytes, place: file, as: dialect)
    }
    self.init(value, place: file)
  }

  /// A `.badData` error at this node.
  package func error(_ problem: String, remedy: String = "") -> QuillError {
    QuillError(.badData, at: path.isEmpty ? place : "\(place), key \(path)", problem, remedy: remedy)
  }

  private func child(_ key: String, _ value: JSONValue) -> JSONNode {
    JSONNode(value, place: place, path: path.isEmpty ? key : "\(path).\(key)")
  }

  /// The members of an object.
  package func members() throws(QuillError) -> [(key: String, node: JSONNode)] {
    guard case .object(let object) = value else { throw expected("an object") }
    return object.members.map { ($0.key, child($0.key, $0.value)) }
  }

  /// The elements of an array.
  package func elements() throws(QuillError) -> [JSONNode] {
    guard case .array(let elements) = value else { throw expected("an array") }
    return elements.enumerated().map { JSONNode($0.element, place: place, path: "\(path)[\($0.offset)]") }
  }

  /// The value of a key.
  ///
  /// - Throws: `.badData` where this is no object, the key is missing, or its value has another type.
  package func value<Value: JSONReadable>(_ key: String, as type: Value.Type = Value.self) throws(QuillError)
    -> Value
  {
    guard case .object(let object) = value else { throw expected("an object") }
    guard let found = object[key] else { throw error("the key '\(key)' is missing") }
    return try Value(json: child(key, found))
  }

  /// The value of a key, or nil where the key is missing or null.
  package func valueIfPresent<Value: JSONReadable>(
    _ key: String, as type: Value.Type = Value.self
  ) throws(QuillError) -> Value? {
    guard case .object(let object) = value else { throw expected("an object") }
    guard let found = object[key], found != .null else { return nil }
    return try Value(json: child(key, found))
  }

  /// A number that others imply or that may be unknown: null, as which ``JSONValue`` writes what is not finite, is `substitute`.
  package func number(
    _ key: String, in range: NumberRange<Double>, otherwise substitute: Double
  ) throws(QuillError) -> Double {
    let node: JSONNode = try value(key)
    return node.value == .null ? substitute : try node.number(in: range)
  }

  /// The number of a key, within a range: the way for every number that is computed with.
  ///
  /// - Throws: `.badData` as `value(_:)` does, and where the number is out of the range.
  package func value(_ key: String, in range: NumberRange<Int>) throws(QuillError) -> Int {
    try value(key, as: JSONNode.self).number(in: range)
  }

  /// The number of a key, within a range.
  package func value(_ key: String, in range: NumberRange<Double>) throws(QuillError) -> Double {
    try value(key, as: JSONNode.self).number(in: range)
  }

  /// The number of a key, within a range; nil where the key is missing or null.
  package func valueIfPresent(_ key: String, in range: NumberRange<Int>) throws(QuillError) -> Int? {
    try valueIfPresent(key, as: JSONNode.self)?.number(in: range)
  }

  /// The number of a key, within a range; nil where the key is missing or null.
  package func valueIfPresent(_ key: String, in range: NumberRange<Double>) throws(QuillError) -> Double? {
    try valueIfPresent(key, as: JSONNode.self)?.number(in: range)
  }

  /// The numbers of a key's list, each within a range.
  package func values(_ key: String, in range: NumberRange<Int>) throws(QuillError) -> [Int] {
    try value(key, as: [JSONNode].self).map { (node) throws(QuillError) in try node.number(in: range) }
  }

  /// The numbers of a key's list, each within a range.
  package func values(_ key: String, in range: NumberRange<Double>) throws(QuillError) -> [Double] {
    try value(key, as: [JSONNode].self).map { (node) throws(QuillError) in try node.number(in: range) }
  }

  /// This node's number, within a range.
  package func number(in range: NumberRange<Int>) throws(QuillError) -> Int {
    if case .largeInteger = value { throw expected(range.expectation) }
    let number = try Int(json: self)
    guard range.contains(number) else { throw expected(range.expectation) }
    return number
  }

  /// This node's number, within a range.
  package func number(in range: NumberRange<Double>) throws(QuillError) -> Double {
    let number = try Double(json: self)
    guard range.contains(number) else { throw expected(range.expectation) }
    return number
  }

  /// The error that this node is not what it should be.
  package func expected(_ what: String) -> QuillError { error("expected \(what), found \(value.typeName)") }
}

/// A type that can be read from a JSON value.
package protocol JSONReadable {
  /// - Throws: `.badData` naming the node where the value has another type or does not fit.
  init(json node: JSONNode) throws(QuillError)
}

extension JSONNode: JSONReadable {
  package init(json node: JSONNode) { self = node }
}

extension String: JSONReadable {
  package init(json node: JSONNode) throws(QuillError) {
    guard case .string(let value) = node.value else { throw node.expected("a string") }
    self = value
  }
}

extension Bool: JSONReadable {
  package init(json node: JSONNode) throws(QuillError) {
    guard case .bool(let value) = node.value else { throw node.expected("true or false") }
    self = value
  }
}

extension Int: JSONReadable {
  package init(json node: JSONNode) throws(QuillError) {
    guard case .integer(let value) = node.value else { throw node.expected("an integer") }
    self = value
  }
}

extension UInt64: JSONReadable {
  package init(json node: JSONNode) throws(QuillError) {
    switch node.value {
    case .integer(let value) where value >= 0: self = UInt64(value)
    case .largeInteger(let digits):
      guard let value = UInt64(digits) else { throw node.error("\(digits) does not fit 64 bits") }
      self = value
    default: throw node.expected("an integer that is not negative")
    }
  }
}

extension Double: JSONReadable {
  package init(json node: JSONNode) throws(QuillError) {
    switch node.value {
    case .number(let value): self = value
    case .integer(let value): self = Double(value)
    case .largeInteger(let digits):
      guard let value = Double(digits), value.isFinite else { throw node.error("the number is too large") }
      self = value
    default: throw node.expected("a number")
    }
  }
}

extension Float: JSONReadable {
  package init(json node: JSONNode) throws(QuillError) { self = Float(try Double(json: node)) }
}

extension Array: JSONReadable where Element: JSONReadable {
  package init(json node: JSONNode) throws(QuillError) {
    self = []
    for element in try node.elements() { append(try Element(json: element)) }
  }
}

extension JSONValue {
  /// What a reader calls a value of this kind.
  var typeName: String {
    switch self {
    case .null: "null"
    case .bool(let value): "\(value)"
    case .integer(let value): "the integer \(value)"
    case .largeInteger(let digits): "the integer \(digits)"
    case .number(let value): "the number \(value)"
    case .string: "a string"
    case .array: "an array"
    case .object: "an object"
    }
  }
}

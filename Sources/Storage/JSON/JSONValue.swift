/// A JSON document: objects keep their order, integers their exact value.
///
///     let value: JSONValue = ["layers": 4, "lr": 1e-3, "betas": [0.9, 0.99]]
///     value.compactText                      // {"layers":4,"lr":0.001,"betas":[0.9,0.99]}
///     let read = try JSONValue.parse(text, place: "config.json")
package enum JSONValue: Sendable, Equatable {
  case null
  case bool(Bool)
  /// A number written without fraction or exponent that fits an `Int`.
  case integer(Int)
  /// A number written without fraction or exponent that does not fit an `Int`, as its digits.
  case largeInteger(String)
  /// A number written with a fraction or an exponent; finite.
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object(JSONObject)
}

/// The members of a JSON object in the order of the text; no key occurs twice.
package struct JSONObject: Sendable {
  package typealias Member = (key: String, value: JSONValue)

  package private(set) var members: [Member] = []
  /// Positions by the bytes of the key, kept only for objects too large to scan. Not by `String`, which takes
  /// canonically equivalent keys, such as U+00C5 and U+212B, for the same.
  private var index: [[UInt8]: Int] = [:]
  private static let scanLimit = 8

  package init() {}

  /// - Precondition: no key occurs twice.
  package init(_ members: some Sequence<Member>) {
    for (key, value) in members {
      let isNew = append(key, value)
      precondition(isNew, "the key '\(key)' occurs twice")
    }
  }

  package var count: Int { members.count }
  package var keys: [String] { members.map(\.key) }

  private func position(of key: String) -> Int? {
    members.count <= Self.scanLimit
      ? members.firstIndex { $0.key.utf8.elementsEqual(key.utf8) } : index[Array(key.utf8)]
  }

  /// The value of a key; assigning nil removes it, a new key goes last.
  package subscript(key: String) -> JSONValue? {
    get { position(of: key).map { members[$0].value } }
    set {
      switch (position(of: key), newValue) {
      case (let position?, let value?): members[position].value = value
      case (nil, let value?): append(key, value)
      case (let position?, nil):
        let rest = members.enumerated().filter { $0.offset != position }.map(\.element)
        self = JSONObject(rest)
      case (nil, nil): break
      }
    }
  }

  /// Adds a member at the end; false, and nothing happens, where the key is there already.
  @discardableResult
  mutating func append(_ key: String, _ value: JSONValue) -> Bool {
    if position(of: key) != nil { return false }
    members.append((key, value))
    if members.count == Self.scanLimit + 1 {
      for (position, member) in members.enumerated() { index[Array(member.key.utf8)] = position }
    } else if members.count > Self.scanLimit {
      index[Array(key.utf8)] = members.count - 1
    }
    return true
  }
}

extension JSONObject: Equatable {
  /// Whether both have the same members in the same order.
  package static func == (left: JSONObject, right: JSONObject) -> Bool {
    left.members.elementsEqual(right.members) { $0.key == $1.key && $0.value == $1.value }
  }
}

extension JSONValue: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByFloatLiteral, ExpressibleByStringLiteral, ExpressibleByArrayLiteral,
  ExpressibleByDictionaryLiteral
{
  package init(nilLiteral: ()) { self = .null }
  package init(booleanLiteral value: Bool) { self = .bool(value) }
  package init(integerLiteral value: Int) { self = .integer(value) }
  package init(floatLiteral value: Double) { self = .number(value) }
  package init(stringLiteral value: String) { self = .string(value) }
  package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
  package init(dictionaryLiteral elements: (String, JSONValue)...) {
    self = .object(JSONObject(elements.map { (key: $0.0, value: $0.1) }))
  }

  package init(_ value: Bool) { self = .bool(value) }
  package init(_ value: String) { self = .string(value) }
  /// A number; null where there is none or it is not finite, for which JSON has no words.
  package init(_ value: Double?) { self = value.flatMap { $0.isFinite ? .number($0) : nil } ?? .null }
  package init(_ value: Int?) { self = value.map { .integer($0) } ?? .null }
  /// The shortest decimal that reads back as the same `Float`.
  package init(_ value: Float) { self = .number(Double(value.description) ?? Double(value)) }
  package init(_ value: some BinaryInteger) {
    self = Int(exactly: value).map(JSONValue.integer) ?? .largeInteger(String(value))
  }
  package init(_ values: [some JSONConvertible]) { self = .array(values.map(\.json)) }
}

/// A value that has a JSON form.
package protocol JSONConvertible {
  var json: JSONValue { get }
}

extension Bool: JSONConvertible { package var json: JSONValue { .bool(self) } }
extension Int: JSONConvertible { package var json: JSONValue { .integer(self) } }
extension UInt64: JSONConvertible { package var json: JSONValue { JSONValue(self) } }
extension Double: JSONConvertible { package var json: JSONValue { JSONValue(self) } }
extension Float: JSONConvertible { package var json: JSONValue { JSONValue(self) } }
extension String: JSONConvertible { package var json: JSONValue { .string(self) } }
extension JSONValue: JSONConvertible { package var json: JSONValue { self } }

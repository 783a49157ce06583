import Storage

/// The configuration as `run.json` and a checkpoint's `training/state.json` hold it: sections of keys.
extension RunConfiguration {
  package var json: JSONValue {
    var sections = JSONObject()
    for key in ConfigurationKey.all {
      let section = String(key.name.prefix { $0 != "." })
      var members: JSONObject
      if case .object(let existing)? = sections[section] { members = existing } else { members = JSONObject() }
      members[key.bareName] = key.read(self).json
      sections[section] = .object(members)
    }
    return .object(sections)
  }

  /// Reads what `json` wrote of a resolved configuration with a definite precision. Keys that a later version added keep their
  /// defaults.
  ///
  /// - Throws: `QuillError` of kind `.badData` at an unknown key, a value that its key does not accept, one that is still automatic,
  ///   or values that do not fit together.
  package init(definite node: JSONNode) throws(QuillError) {
    self.init()
    for (section, members) in try node.members() {
      for (name, value) in try members.members() {
        guard let key = ConfigurationKey.all.first(where: { $0.name == "\(section).\(name)" }) else {
          throw value.error("unknown configuration key")
        }
        guard let scalar = ConfigurationValue(json: value.value), key.write(scalar, &self) else {
          throw value.expected(key.expectation)
        }
      }
    }
    for key in ConfigurationKey.all where key.read(self) == .text("auto") {
      throw node.error("\(key.name) is still automatic")
    }
    do throws(QuillError) {
      // That there are tokens is another file's affair.
      _ = try model.configuration(vocabularySize: 1)
      try requireOrder()
    } catch {
      throw node.error("\(error.place) \(error.problem)")
    }
  }
}

extension ConfigurationValue {
  var json: JSONValue {
    switch self {
    case .boolean(let value): .bool(value)
    case .integer(let value): .integer(value)
    case .number(let value): .number(value)
    case .text(let value): .string(value)
    case .object(let members):
      .object(JSONObject(members.sorted { $0.key < $1.key }.map { (key: $0.key, value: $0.value.json) }))
    }
  }

  /// A scalar; nil for anything else.
  init?(json: JSONValue) {
    switch json {
    case .bool(let value): self = .boolean(value)
    case .integer(let value): self = .integer(value)
    case .number(let value): self = .number(value)
    case .string(let value): self = .text(value)
    case .null, .largeInteger, .array, .object: return nil
    }
  }
}

import Foundation
import Storage
import Formatting

/// How the layers of a configuration lie on each other: preset, then file, then assignments; the last one wins.
extension RunConfiguration {
  /// Combines what the options name.
  ///
  /// A file may hold `preset` or `depth` (the options win over it), sections (`model: {layers: 4}`), full names
  /// (`"model.layers": 4`) and bare ones (`layers: 4`).
  ///
  /// - Throws: `QuillError`: `.usage` for an unknown key, preset or value; `.missingInput` or `.badData` for the file.
  package init(options: TrainingOptions) throws {
    guard options.preset == nil || options.depth == nil else {
      throw QuillError(
        .usage, at: Vocabulary.parameter("depth"), "cannot be combined with \(Vocabulary.parameter("preset"))",
        remedy: "Give one of the two.")
    }
    var members = try options.configurationFile.map { try ConfigurationValue.contents(ofJSON5: $0) } ?? [:]
    let filePreset = members.removeValue(forKey: "preset")
    let fileDepth = members.removeValue(forKey: "depth")
    let isChosen = options.preset != nil || options.depth != nil

    if let configuration = options.configuration {
      self = configuration
    } else if let depth = try options.depth ?? (isChosen ? nil : Self.depth(in: fileDepth)) {
      self = try Preset.depth(depth)
    } else {
      let name = try options.preset ?? (isChosen ? nil : Self.preset(in: filePreset))
      self = try Preset.named(name ?? Preset.defaultName).configuration
    }
    try apply(members, of: options.configurationFile)
    try apply(assignments: options.assignments)
  }

  /// Applies `key=value` pairs in order.
  ///
  /// - Throws: `QuillError` of kind `.usage`.
  mutating func apply(assignments: [String]) throws {
    for assignment in assignments {
      guard let equals = assignment.firstIndex(of: "=") else {
        throw QuillError(
          .usage, at: Vocabulary.setting(assignment), "expected key=value",
          remedy: "Write for example \(Vocabulary.setting("lr", "1e-3")).")
      }
      let name = String(assignment[..<equals])
      let value = ConfigurationValue(argument: String(assignment[assignment.index(after: equals)...]))
      try ConfigurationKey.named(name).set(value, in: &self)
    }
  }

  /// Applies the members of a configuration file.
  ///
  /// - Throws: `QuillError` of kind `.usage` that names the file and the key.
  mutating func apply(_ members: [String: ConfigurationValue], of file: URL?) throws(QuillError) {
    do throws(QuillError) {
      try apply(members)
    } catch {
      let place = file.map { "\($0.relativePath), key \(error.place)" } ?? error.place
      throw QuillError(error.kind, at: place, error.problem, remedy: error.remedy)
    }
  }

  /// Applies the members of a configuration object, sorted by name so that errors do not depend on hashing.
  private mutating func apply(_ members: [String: ConfigurationValue]) throws(QuillError) {
    for (name, value) in members.sorted(by: { $0.key < $1.key }) {
      if case .object(let section) = value {
        guard name == "model" || name == "train" else {
          let nearest = NearestName.nearest(to: name, among: ["model", "train"]) ?? ""
          throw QuillError(.usage, at: name, "unknown section; the nearest one is '\(nearest)'")
        }
        for (key, value) in section.sorted(by: { $0.key < $1.key }) {
          try ConfigurationKey.named("\(name).\(key)").set(value, in: &self)
        }
      } else {
        try ConfigurationKey.named(name).set(value, in: &self)
      }
    }
  }

  private static func depth(in value: ConfigurationValue?) throws -> Int? {
    guard let value else { return nil }
    guard case .integer(let depth) = value else {
      throw QuillError(.usage, at: "depth", "expected an integer from 1 to 12, found \(value.shown)")
    }
    return depth
  }

  private static func preset(in value: ConfigurationValue?) throws -> String? {
    guard let value else { return nil }
    guard case .text(let name) = value else {
      throw QuillError(.usage, at: "preset", "expected a name, found \(value.shown)")
    }
    return name
  }
}

/// What the parser and the help know of one argument, whatever its type.
struct ArgumentDefinition {
  enum Kind { case option, flag, positional }

  let kind: Kind
  /// The name without dashes; empty until ``named(after:)`` for those named by their property.
  private(set) var name: String
  /// A second name that is understood and not shown.
  let alias: String?
  let short: Character?
  private let placeholder: String?
  let help: String
  let isRequired: Bool
  let isRepeating: Bool
  let defaultText: String?
  let expectation: String
  /// The heading of the group it belongs to.
  var sectionTitle: String?
  /// Takes one word; false where it is not a value of the argument's type.
  let store: (String) -> Bool

  init(
    kind: Kind, name: String?, alias: String? = nil, short: Character? = nil, placeholder: String? = nil,
    help: String,
    isRequired: Bool = false, isRepeating: Bool = false, defaultText: String? = nil, expectation: String = "",
    store: @escaping (String) -> Bool
  ) {
    self.kind = kind
    self.name = name ?? ""
    self.alias = alias
    self.short = short
    self.placeholder = placeholder
    self.help = help
    self.isRequired = isRequired
    self.isRepeating = isRepeating
    self.defaultText = defaultText
    self.expectation = expectation
    self.store = store
  }

  /// Takes the property's name where the declaration gave none.
  func named(after label: String) -> Self {
    guard name.isEmpty else { return self }
    var copy = self
    copy.name = kebabCase(label)
    return copy
  }

  /// `--tokens`, or `<text>` for a positional argument.
  var displayName: String { kind == .positional ? "<\(name)>" : "--\(name)" }

  /// `--tokens <count>`: how the argument is written.
  var synopsis: String {
    switch kind {
    case .positional: "<\(name)>" + (isRepeating ? " ..." : "")
    case .flag: "--\(name)"
    case .option: "--\(name) <\(placeholder ?? name)>" + (isRepeating && isRequired ? " ..." : "")
    }
  }
}

/// A declaration that a command's mirror shows the parser.
protocol ArgumentDeclaration {
  func definition(label: String) -> ArgumentDefinition
}

/// Where a declaration keeps its value; shared between the command's copies and the parser.
final class Cell<Value> {
  var value: Value?
  private var isDefault = true

  init(_ value: Value?) { self.value = value }

  var current: Value {
    guard let value else { preconditionFailure("an argument was read before the command line was parsed") }
    return value
  }

  func set<Parsed: ArgumentValue>(
    _ word: String, as type: Parsed.Type, _ constraint: ValueConstraint<Parsed>, _ wrap: (Parsed) -> Value
  ) -> Bool {
    guard let parsed = Parsed(argument: word), constraint.accepts(parsed) else { return false }
    value = wrap(parsed)
    return true
  }

  func append<Element: ArgumentValue>(
    _ word: String, as type: Element.Type, _ constraint: ValueConstraint<Element>
  ) -> Bool where Value == [Element] {
    guard let parsed = Element(argument: word), constraint.accepts(parsed) else { return false }
    value = (isDefault ? [] : value ?? []) + [parsed]
    isDefault = false
    return true
  }
}

/// The declarations of `command` and of its groups, in order.
func argumentDefinitions(of command: Any, sectionTitle: String? = nil) -> [ArgumentDefinition] {
  Mirror(reflecting: command).children.flatMap { child -> [ArgumentDefinition] in
    // A wrapped property is mirrored as its storage, whose label begins with an underscore.
    let label = (child.label ?? "").drop { $0 == "_" }
    if let declaration = child.value as? any ArgumentDeclaration {
      var definition = declaration.definition(label: String(label))
      definition.sectionTitle = sectionTitle
      return [definition]
    }
    if let group = child.value as? any GroupDeclaration {
      return argumentDefinitions(of: group.members, sectionTitle: group.title ?? sectionTitle)
    }
    return []
  }
}

/// `numSamples` → `num-samples`.
func kebabCase(_ label: String) -> String {
  var result = ""
  for character in label {
    if character.isUppercase {
      if !result.isEmpty { result.append("-") }
      result += character.lowercased()
    } else {
      result.append(character == "_" ? "-" : character)
    }
  }
  return result
}

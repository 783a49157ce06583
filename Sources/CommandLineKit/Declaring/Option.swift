/// A value with a name: `--temperature 0.8`, `--temperature=0.8`, `-t 0.8`.
///
/// Without a default and with a type that is neither optional nor an array, the option is required.
@propertyWrapper
package struct Option<Value>: ArgumentDeclaration {
  private let cell: Cell<Value>
  private let template: ArgumentDefinition

  package var wrappedValue: Value { cell.current }

  func definition(label: String) -> ArgumentDefinition { template.named(after: label) }

  /// An option with a default.
  ///
  /// - Parameter alias: a second name, which the help does not show.
  package init(
    wrappedValue: Value, _ name: String? = nil, alias: String? = nil, short: Character? = nil,
    placeholder: String? = nil,
    help: String, where constraint: ValueConstraint<Value> = .anything
  ) where Value: ArgumentValue {
    cell = Cell(wrappedValue)
    template = ArgumentDefinition(
      kind: .option, name: name, alias: alias, short: short, placeholder: placeholder, help: help,
      defaultText: wrappedValue.argumentText, expectation: constraint.expectation(for: Value.self)
    ) { [cell] in cell.set($0, as: Value.self, constraint) { $0 } }
  }

  /// A required option.
  package init(
    _ name: String? = nil, short: Character? = nil, placeholder: String? = nil, help: String,
    where constraint: ValueConstraint<Value> = .anything
  ) where Value: ArgumentValue {
    cell = Cell(nil)
    template = ArgumentDefinition(
      kind: .option, name: name, short: short, placeholder: placeholder, help: help, isRequired: true,
      expectation: constraint.expectation(for: Value.self)
    ) { [cell] in cell.set($0, as: Value.self, constraint) { $0 } }
  }

  /// An option that may be absent.
  package init<Wrapped: ArgumentValue>(
    _ name: String? = nil, short: Character? = nil, placeholder: String? = nil, help: String,
    where constraint: ValueConstraint<Wrapped> = .anything
  ) where Value == Wrapped? {
    cell = Cell(.some(nil))
    template = ArgumentDefinition(
      kind: .option, name: name, short: short, placeholder: placeholder, help: help,
      expectation: constraint.expectation(for: Wrapped.self)
    ) { [cell] in cell.set($0, as: Wrapped.self, constraint) { $0 } }
  }

  /// An option that must be there and may be repeated.
  package init<Element: ArgumentValue>(
    _ name: String? = nil, short: Character? = nil, placeholder: String? = nil, help: String,
    where constraint: ValueConstraint<Element> = .anything
  ) where Value == [Element] {
    cell = Cell(nil)
    template = ArgumentDefinition(
      kind: .option, name: name, short: short, placeholder: placeholder, help: help, isRequired: true,
      isRepeating: true, expectation: constraint.expectation(for: Element.self)
    ) { [cell] in cell.append($0, as: Element.self, constraint) }
  }

  /// An option that may be repeated.
  package init<Element: ArgumentValue>(
    wrappedValue: [Element], _ name: String? = nil, short: Character? = nil, placeholder: String? = nil,
    help: String, where constraint: ValueConstraint<Element> = .anything
  ) where Value == [Element] {
    cell = Cell(wrappedValue)
    template = ArgumentDefinition(
      kind: .option, name: name, short: short, placeholder: placeholder, help: help, isRepeating: true,
      expectation: constraint.expectation(for: Element.self)
    ) { [cell] in cell.append($0, as: Element.self, constraint) }
  }
}

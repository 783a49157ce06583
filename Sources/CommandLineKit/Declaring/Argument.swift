/// A value known by its position.
///
/// Positional arguments are filled in the order of declaration; an array, which takes all that is left,
/// comes last.
@propertyWrapper
package struct Argument<Value>: ArgumentDeclaration {
  private let cell: Cell<Value>
  private let template: ArgumentDefinition

  package var wrappedValue: Value { cell.current }

  func definition(label: String) -> ArgumentDefinition { template.named(after: label) }

  /// A required argument.
  package init(
    _ name: String? = nil, help: String, where constraint: ValueConstraint<Value> = .anything
  ) where Value: ArgumentValue {
    cell = Cell(nil)
    template = ArgumentDefinition(
      kind: .positional, name: name, help: help, isRequired: true,
      expectation: constraint.expectation(for: Value.self)
    ) { [cell] in cell.set($0, as: Value.self, constraint) { $0 } }
  }

  /// An argument that may be absent.
  package init<Wrapped: ArgumentValue>(
    _ name: String? = nil, help: String, where constraint: ValueConstraint<Wrapped> = .anything
  ) where Value == Wrapped? {
    cell = Cell(.some(nil))
    template = ArgumentDefinition(
      kind: .positional, name: name, help: help, expectation: constraint.expectation(for: Wrapped.self)
    ) { [cell] in cell.set($0, as: Wrapped.self, constraint) { $0 } }
  }

  /// One or more arguments.
  package init<Element: ArgumentValue>(
    _ name: String? = nil, help: String, where constraint: ValueConstraint<Element> = .anything
  ) where Value == [Element] {
    cell = Cell(nil)
    template = ArgumentDefinition(
      kind: .positional, name: name, help: help, isRequired: true, isRepeating: true,
      expectation: constraint.expectation(for: Element.self)
    ) { [cell] in cell.append($0, as: Element.self, constraint) }
  }

  /// Any number of arguments.
  package init<Element: ArgumentValue>(
    wrappedValue: [Element], _ name: String? = nil, help: String,
    where constraint: ValueConstraint<Element> = .anything
  ) where Value == [Element] {
    cell = Cell(wrappedValue)
    template = ArgumentDefinition(
      kind: .positional, name: name, help: help, isRepeating: true,
      expectation: constraint.expectation(for: Element.self)
    ) { [cell] in cell.append($0, as: Element.self, constraint) }
  }
}

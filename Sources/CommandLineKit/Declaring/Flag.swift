/// A switch: absent or present.
@propertyWrapper
package struct Flag: ArgumentDeclaration {
  private let cell: Cell<Bool>
  private let template: ArgumentDefinition

  package var wrappedValue: Bool { cell.current }

  func definition(label: String) -> ArgumentDefinition { template.named(after: label) }

  /// - Parameter alias: a second name, which the help does not show.
  package init(
    wrappedValue: Bool, _ name: String? = nil, alias: String? = nil, short: Character? = nil, help: String
  ) {
    precondition(!wrappedValue, "a flag is off until the command line turns it on")
    cell = Cell(false)
    template = ArgumentDefinition(kind: .flag, name: name, alias: alias, short: short, help: help) { [cell] _ in
      cell.value = true
      return true
    }
  }
}

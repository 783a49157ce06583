/// Arguments that several commands share, or that the help shows under a heading of their own.
package protocol ArgumentGroup {
  init()
}

/// Takes the declarations of an ``ArgumentGroup`` into a command.
@propertyWrapper
package struct OptionGroup<Group: ArgumentGroup> {
  package let wrappedValue: Group
  let title: String?

  /// - Parameter title: the heading in the help; without one the options stand among the command's own.
  package init(title: String? = nil) {
    wrappedValue = Group()
    self.title = title
  }
}

/// Lets the parser look through any ``OptionGroup``.
protocol GroupDeclaration {
  var title: String? { get }
  var members: Any { get }
}

extension OptionGroup: GroupDeclaration {
  var members: Any { wrappedValue }
}

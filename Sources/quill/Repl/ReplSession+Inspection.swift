import Storage

extension ReplSession {
  func attend(_ argument: String) throws { screen.say("/attend comes with quill inspect.") }
  func lens(_ argument: String) throws { screen.say("/lens comes with quill inspect.") }
}

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What stands at standard input, without reading any of it.
package enum StandardInput {
  package enum State {
    /// A terminal, or another device.
    case terminal
    /// A file, or a pipe with something in it.
    case ready
    /// A pipe that was closed without a byte.
    case empty
    /// A pipe that stays open, and nothing has come.
    case silent
  }

  /// Looks, and waits for a pipe's first byte.
  package static func state(_ milliseconds: Int) -> State {
    var information = stat()
    guard fstat(STDIN_FILENO, &information) == 0 else { return .empty }
    switch information.st_mode & S_IFMT {
    case S_IFREG: return .ready
    case S_IFIFO, S_IFSOCK: break
    default: return .terminal
    }
    var request = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
    guard poll(&request, 1, Int32(milliseconds)) > 0 else { return .silent }
    return request.revents & Int16(POLLIN) != 0 ? .ready : .empty
  }
}

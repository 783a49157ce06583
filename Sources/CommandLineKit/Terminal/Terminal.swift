#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What the program's standard streams are connected to.
package enum Terminal {
  /// Whether standard error is a terminal that can redraw a line.
  package static var errorIsTerminal: Bool { isatty(STDERR_FILENO) == 1 && !isDumb }
  package static var outputIsTerminal: Bool { isatty(STDOUT_FILENO) == 1 && !isDumb }
  package static var inputIsTerminal: Bool { isatty(STDIN_FILENO) == 1 }

  /// Whether standard error may carry colours: a terminal, and `NO_COLOR` (no-color.org) unset or empty.
  package static var errorHasColor: Bool { errorIsTerminal && !noColor }
  package static var outputHasColor: Bool { outputIsTerminal && !noColor }

  /// The columns of the terminal, or 80 where there is none.
  package static var width: Int {
    var size = winsize()
    for descriptor in [STDERR_FILENO, STDOUT_FILENO]
    where isatty(descriptor) == 1 && ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 {
      return Int(size.ws_col)
    }
    return 80
  }

  private static var noColor: Bool { getenv("NO_COLOR").map { $0.pointee != 0 } ?? false }
  private static var isDumb: Bool { getenv("TERM").map { String(cString: $0) == "dumb" } ?? false }

  /// `text` between the escape codes of a style, where `enabled`.
  package static func styled(_ text: String, _ style: Style, enabled: Bool) -> String {
    enabled ? "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m" : text
  }

  package enum Style: Int, Sendable {
    case bold = 1
    case dim = 2
    case red = 31
    case green = 32
  }
}

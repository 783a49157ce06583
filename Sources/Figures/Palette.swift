import Foundation

/// The report's colours: legible on white and on black, told apart by the colour-blind in order of lightness.
package enum Palette {
  package static let blue = "#2f72b8"
  package static let orange = "#d8802a"
  package static let green = "#3d8f5c"
  package static let red = "#c2453d"
  package static let purple = "#7d5fb0"
  package static let grey = "#8a8a8a"
  package static let categories = [blue, orange, green, purple, red, "#2b9aa0", "#a8862c"]

  /// From blue over green and amber to red, for what has an order.
  private static let ramp: [(Double, Double, Double)] = [
    (47, 94, 168), (43, 146, 170), (76, 160, 96), (201, 160, 44), (217, 115, 42), (182, 55, 70),
  ]

  /// - Parameter share: 0 to 1.
  package static func sequential(_ share: Double) -> String {
    let place = share.isFinite ? min(1, max(0, share)) * Double(ramp.count - 1) : 0
    let low = min(Int(place), ramp.count - 2)
    let (a, b, part) = (ramp[low], ramp[low + 1], place - Double(low))
    func mixed(_ x: Double, _ y: Double) -> Int { Int((x + part * (y - x)).rounded()) }
    return String(format: "#%02x%02x%02x", mixed(a.0, b.0), mixed(a.1, b.1), mixed(a.2, b.2))
  }

  /// A colour for each of several ordered things.
  package static func sequence(_ count: Int) -> [String] {
    (0..<count).map { sequential(count == 1 ? 0 : Double($0) / Double(count - 1)) }
  }
}

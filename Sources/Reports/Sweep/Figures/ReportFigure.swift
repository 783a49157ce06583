import Figures
import Foundation
import Storage
import Training

/// A figure of the report: its data, and the gnuplot commands that draw it.
struct ReportFigure {
  /// The stem of its files.
  let name: String
  let title: String
  /// What to see in it.
  let caption: String
  var width = 800
  var height = 480
  /// The text of `NAME.dat`.
  let data: String
  /// What follows the common style; refers to the data as `data`.
  let commands: String

  /// Draws `NAME.svg` and `NAME.png`; the PNG has twice the pixels.
  var script: String {
    """
    # gnuplot \(name).gnuplot draws \(name).svg and \(name).png from \(name).dat.
    data = '\(name).dat'
    do for [kind in "svg png"] {
    reset
    if (kind eq "svg") {
    set terminal svg size \(width),\(height) font 'Helvetica,13' name '\(name)' background rgb 'white'
    } else {
    set terminal pngcairo size \(2 * width),\(2 * height) font 'Helvetica,13' fontscale 2 linewidth 2 pointscale 2 background rgb 'white'
    }
    set output '\(name).' . kind
    \(Self.style)
    \(commands)
    unset multiplot
    unset output
    }

    """
  }

  /// Text and frame in greys that the page replaces by its own ink (see ``InlineFigure``).
  private static let style = """
    set encoding utf8
    set datafile missing 'NaN'
    set border 3 lw 1 lc rgb '#777777'
    set tics nomirror out scale 0.5 textcolor rgb '#444444'
    set grid xtics ytics lc rgb '#dddddd' lw 1 dt 1, lc rgb '#dddddd' lw 1 dt 1
    set xlabel textcolor rgb '#444444'
    set ylabel textcolor rgb '#444444'
    set title textcolor rgb '#444444'
    set key outside right top vertical Left reverse samplen 1.4 spacing 1.25 textcolor rgb '#444444'
    set bars small
    set style fill transparent solid 0.18 noborder
    """

  /// Writes data and script; draws where gnuplot is installed.
  ///
  /// - Throws: `QuillError` of kind `.inputOutput`; `.missingInput` where gnuplot is not installed.
  func write(to folder: String) throws {
    try AtomicFile.write(FilePath.join(folder, name + ".dat"), data)
    try AtomicFile.write(FilePath.join(folder, name + ".gnuplot"), script)
    try Gnuplot.run(name + ".gnuplot", in: folder)
  }
}

/// The blocks of a data file, parted so that gnuplot addresses them by number.
struct FigureData {
  private(set) var text = ""
  private var count = 0

  /// Adds a block and returns its number; a block without rows holds one row that is not drawn.
  mutating func add(_ header: String, _ rows: [[Double]]) -> Int {
    if count > 0 { text += "\n\n" }
    text += "# \(count): \(header)\n"
    for row in rows.isEmpty ? [[.nan, .nan, .nan, .nan, .nan, .nan]] : rows {
      text += row.map { $0.isFinite ? String(format: "%.7g", $0) : "NaN" }.joined(separator: " ") + "\n"
    }
    count += 1
    return count - 1
  }
}

/// One element of a plot command.
enum Plot {
  /// - Parameters:
  ///   - columns: gnuplot's `using`.
  ///   - style: such as `with lines lw 2`.
  static func block(_ index: Int, _ columns: String, _ style: String, title: String? = nil) -> String {
    let label = title.map { "title \"\(Gnuplot.quoted($0))\" noenhanced" } ?? "notitle"
    return "data index \(index) using \(columns) \(style) \(label)"
  }

  static func command(_ elements: [String]) -> String {
    "plot " + elements.joined(separator: ", \\\n  ")
  }
}

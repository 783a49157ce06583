import Storage

/// A figure: its data, and the gnuplot commands that draw it.
///
/// The commands are the program's own words and numbers. What a user chose, a folder's name say, goes into the data, never into the
/// commands: gnuplot runs what stands between backquotes, after an exclamation mark and in a line of its own.
package struct Figure {
  /// The stem of its files.
  package let name: StaticString
  package let title: String
  /// What to see in it.
  package let caption: String
  package let width: Int
  package let height: Int
  /// The text of `NAME.dat`.
  package let data: String
  /// What follows the common style; refers to the data as `data`.
  package let commands: String

  package init(
    name: StaticString, title: String, caption: String = "", width: Int = 800, height: Int = 480, data: String,
    commands: String
  ) {
    (self.name, self.title, self.caption) = (name, title, caption)
    (self.width, self.height, self.data, self.commands) = (width, height, data, commands)
  }

  /// The kinds of files that a figure leaves in its folder.
  package static let kinds = ["dat", "gnuplot", "svg", "png"]

  package func file(_ kind: String) -> String { "\(name).\(kind)" }

  /// Draws `NAME.svg` and `NAME.png`; the PNG has twice the pixels.
  package var script: String {
    """
    # gnuplot -d \(name).gnuplot draws \(name).svg and \(name).png from \(name).dat.
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

  /// Text and frame in greys that a page replaces by its own ink.
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

  /// Writes `NAME.dat` and `NAME.gnuplot` into a folder and, where gnuplot is installed, `NAME.svg` and `NAME.png`.
  ///
  /// - Returns: the text of the SVG.
  /// - Throws: `QuillError` of kind `.inputOutput` where the folder cannot be written; `DrawingFailure` where the data are there but the
  ///   drawing is not.
  @discardableResult
  package func write(to folder: String) throws -> String {
    try AtomicFile.write(FilePath.join(folder, file("dat")), data)
    try AtomicFile.write(FilePath.join(folder, file("gnuplot")), script)
    let drawings = try drawings()
    for (drawing, kind) in zip(drawings, ["svg", "png"]) {
      try AtomicFile.write(FilePath.join(folder, file(kind)), drawing)
    }
    return String(decoding: drawings[0], as: UTF8.self)
  }

  /// The text of the SVG, without writing anything; for a page that holds its figures.
  ///
  /// - Throws: `DrawingFailure`; `QuillError` where there is no room to draw in.
  package func svg() throws -> String { String(decoding: try drawings()[0], as: UTF8.self) }

  /// The bytes of SVG and PNG.
  private func drawings() throws -> [[UInt8]] {
    try Gnuplot.run(
      script, named: file("gnuplot"), data: (file("dat"), data), results: [file("svg"), file("png")])
  }
}

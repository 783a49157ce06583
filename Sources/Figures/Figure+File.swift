import Storage

extension Figure {
  /// Draws one picture into a file.
  ///
  /// - Parameter path: ends with `.svg` or `.png`.
  /// - Throws: `QuillError`: `.usage` for another ending, `.inputOutput` where the file cannot be written; `DrawingFailure`.
  package func draw(to path: String) throws {
    guard let kind = ["svg", "png"].first(where: { path.lowercased().hasSuffix(".\($0)") }) else {
      throw QuillError(.usage, at: path, "a picture's name ends with .svg or .png")
    }
    let drawings = try Gnuplot.run(
      script, named: file("gnuplot"), data: (file("dat"), data), results: [file(kind)])
    try AtomicFile.write(path, drawings[0])
  }
}

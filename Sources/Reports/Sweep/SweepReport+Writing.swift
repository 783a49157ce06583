import Foundation
import Storage
import Training

/// What writing a report left behind.
package struct WrittenReport: Sendable {
  /// The path of `index.html`.
  package let page: String
  /// The names of the figures that were drawn.
  package let figures: [String]
  /// Why figures are missing although their data are there; nil where none is.
  package let problem: String?
}

extension SweepReport {
  /// The folder of reports inside a sweep's.
  package static func defaultFolder(of sweep: String) -> String { FilePath.join(sweep, "report") }

  /// Every figure that a report can have.
  static let figureNames = [
    "curves", "isoflop", "frontier", "contours", "residuals", "profiles", "heldout", "gap", "emergence",
    "rates",
  ]

  /// The figures that the runs allow, in the order of `figureNames`.
  var figures: [ReportFigure] {
    [
      curvesFigure, profilesFigure, frontierFigure, contourFigure, residualFigure, profileFigure, heldOutFigure,
      gapFigure, emergenceFigure, ratesFigure,
    ].compactMap { $0 }
  }

  /// Writes `index.html` and, for every figure whose data are there, `NAME.dat`, `NAME.gnuplot`, `NAME.svg` and `NAME.png`.
  ///
  /// Figures of an earlier report go first. Without gnuplot everything but the drawings is written.
  ///
  /// - Throws: `QuillError` of kind `.inputOutput` where the folder cannot be written.
  @discardableResult
  package func write(to folder: String) throws -> WrittenReport {
    try FilePath.createFolder(folder)
    var drawings: [String: String] = [:]
    var problem: String?
    for name in Self.figureNames {
      for kind in ["svg", "png", "dat", "gnuplot"] {
        try FilePath.remove(FilePath.join(folder, "\(name).\(kind)"))
      }
    }
    let figures = figures
    for figure in figures {
      do {
        try figure.write(to: folder)
        let svg = try String(contentsOfFile: FilePath.join(folder, figure.name + ".svg"), encoding: .utf8)
        drawings[figure.name] = InlineFigure.markup(svg, of: figure)
      } catch let error as QuillError where error.place.hasSuffix("gnuplot") {
        problem = error.problem
      }
    }
    let page = FilePath.join(folder, "index.html")
    try AtomicFile.write(
      page, ReportPage(report: self, drawings: drawings, drawingProblem: problem).text)
    return WrittenReport(
      page: page, figures: figures.map(\.name).filter { drawings[$0] != nil }, problem: problem)
  }
}

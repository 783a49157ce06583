import Figures
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
  var figures: [Figure] {
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
      for kind in Figure.kinds {
        try FilePath.remove(FilePath.join(folder, "\(name).\(kind)"))
      }
    }
    let figures = figures
    for figure in figures {
      do {
        drawings[figure.name.description] = InlineFigure.markup(try figure.write(to: folder), of: figure)
      } catch let failure as DrawingFailure {
        problem = failure.problem
      }
    }
    let page = FilePath.join(folder, "index.html")
    try AtomicFile.write(
      page, ReportPage(report: self, drawings: drawings, drawingProblem: problem).text)
    return WrittenReport(
      page: page, figures: figures.map(\.name.description).filter { drawings[$0] != nil }, problem: problem)
  }
}

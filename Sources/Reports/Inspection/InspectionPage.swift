import Figures
import Formatting
import Foundation
import Insight
import Storage
import Tokenization

/// What was seen inside a model, as one HTML file that refers to nothing outside of itself.
package struct InspectionPage {
  private let inspection: Inspection
  /// The model's folder, as it was named.
  private let folder: String
  private let description: String
  /// A token as people read it.
  private let text: (TokenID) -> String

  /// - Parameters:
  ///   - description: a line about the model.
  ///   - text: a token as people read it; control characters in it are shown by the page.
  package init(
    _ inspection: Inspection, of folder: String, description: String, text: @escaping (TokenID) -> String
  ) {
    (self.inspection, self.folder, self.description, self.text) = (inspection, folder, description, text)
  }

  /// Writes the page.
  ///
  /// - Returns: why figures are missing, where some are.
  /// - Throws: `QuillError` of kind `.inputOutput` where the file cannot be written.
  package func write(to path: String) throws -> String? {
    var problem: String?
    let page = try document { figure in
      do {
        return InlineFigure.markup(try figure.svg(), of: figure)
      } catch let failure as DrawingFailure {
        problem = failure.problem
        return nil
      }
    }
    try AtomicFile.write(path, page.text)
    return problem
  }

  /// - Parameter draw: the markup of a figure, or nil where it cannot be drawn.
  func document(draw: (Figure) throws -> String?) rethrows -> HTMLDocument {
    var sections: [PageSection] = []
    if let seen = inspection.text {
      sections.append(
        PageSection(
          anchor: "lens", heading: "What each layer would predict",
          body: try shown(lensFigure(seen.lens), draw) + lensTable(seen.lens)))
      sections.append(
        PageSection(anchor: "heads", heading: "What the heads attend to", body: heads(seen.heads)))
    }
    if let induction = inspection.induction {
      sections.append(PageSection(anchor: "induction", heading: "Induction", body: self.induction(induction)))
    }
    if let seen = inspection.text {
      sections.append(
        PageSection(
          anchor: "gradients", heading: "Directions that matter", body: try gradients(seen.gradients, draw)))
    }
    if !inspection.nearest.isEmpty {
      sections.append(PageSection(anchor: "tokens", heading: "Neighbouring tokens", body: neighbors))
    }
    sections.append(PageSection(anchor: "tensors", heading: "Parameters", body: tensorTable))
    let measured = inspection.text.map {
      " Measured on \($0.tokens.grouped) tokens of \($0.corpus), in \($0.windows.grouped) windows of its validation split."
    }
    return HTMLDocument(
      title: "A look inside \(URL(filePath: folder).lastPathComponent)",
      subtitle: description + (measured ?? ""), sections: sections)
  }

  private func shown(_ figure: Figure?, _ draw: (Figure) throws -> String?) rethrows -> String {
    guard let figure else { return "" }
    guard let drawing = try draw(figure) else {
      return HTML.paragraph("The figure is missing: it could not be drawn.", class: "missing")
    }
    return
      "<figure>\n<div class=\"scroll\">\(drawing)</div>\n<figcaption>\(Escaped.html(figure.caption))</figcaption>\n</figure>\n"
  }

  // MARK: Sections

  private func lensTable(_ lens: [Inspection.LensLoss]) -> String {
    HTML.table(
      ["after layer", "loss (nats)", "± se"],
      lens.map { ["\($0.layer)", Quantity.decimals($0.mean, 4), Quantity.decimals($0.standardError, 4)] },
      textColumns: [])
  }

  private func heads(_ scores: HeadScores) -> String {
    let uniform = Quantity.decimals(scores.uniformEntropy, 2)
    func table(_ value: (HeadScores.Head) -> Double, to most: Double) -> String {
      heatTable(scores.heads.map(value), most: most)
    }
    return HTML.paragraph(
      "The entropy of the weights in nats: 0 where a head looks at one token; a head that does not choose has \(uniform)."
    )
      + table(\.entropy, to: scores.uniformEntropy)
      + HTML.paragraph("The weight on the token just before.") + table(\.previousToken, to: 1)
      + HTML.paragraph(
        "The weight on the first token in sight, where many heads look that have found nothing.")
      + table(\.firstToken, to: 1)
  }

  private func induction(_ scores: InductionScores) -> String {
    HTML.paragraph(
      """
      \(scores.period) random tokens, repeated \(scores.repeats) times: the weight that a token gives to what followed the same \
      token before (Olsson et al. 2022); mean of \(scores.sequences) sequences. A head that does not choose has \
      \(Quantity.decimals(scores.chance, 3)).
      """) + heatTable(scores.scores, most: 1)
  }

  /// A number for every head, layers downwards, shaded by its size.
  private func heatTable(_ values: [Double], most: Double) -> String {
    let headCount = inspection.headCount
    let header = (0..<headCount).map { "<th>head \($0)</th>" }.joined()
    let rows = stride(from: 0, to: values.count, by: headCount).map { first in
      let cells = values[first..<first + headCount].map { value in
        let share = most > 0 && value.isFinite ? max(0, min(1, value / most)) : 0
        return
          "<td style=\"background: rgba(47, 114, 184, \(Quantity.decimals(0.75 * share, 3)))\">\(Quantity.decimals(value, 3))</td>"
      }
      return "<tr><td class=\"text\">layer \(first / headCount)</td>\(cells.joined())</tr>\n"
    }
    return
      "<div class=\"scroll\"><table>\n<thead><tr><th></th>\(header)</tr></thead>\n<tbody>\n\(rows.joined())</tbody>\n</table></div>\n"
  }

  private func gradients(
    _ product: GradientOuterProduct?, _ draw: (Figure) throws -> String?
  ) rethrows -> String {
    guard let product, let rank = product.effectiveRank else {
      return HTML.paragraph("There are no gradients, or they are not finite.", class: "missing")
    }
    let shares = [1, 10, 100].filter { $0 < product.eigenvalues.count }.map {
      [
        "share of the largest \($0)",
        "\(Quantity.decimals(100 * (product.share(ofLargest: $0) ?? 0), 1)) %",
      ]
    }
    return HTML.paragraph(
      """
      The average outer product of the loss's gradients by the embedding's output (Radhakrishnan et al. 2024), over \
      \(product.positionCount.grouped) positions.
      """) + (try shown(spectrumFigure(product), draw))
      + HTML.table(
        ["", ""],
        [
          ["mean squared slope", Quantity.significant(product.trace)],
          ["effective rank", "\(Quantity.decimals(rank, 1)) of \(product.eigenvalues.count)"],
        ] + shares)
  }

  private var neighbors: String {
    inspection.nearest.map { nearest in
      HTML.paragraph("Nearest to \(quoted(nearest.id)), by the angle between embeddings:")
        + HTML.table(
          ["token", "id", "cosine"],
          nearest.neighbors.map { [quoted($0.id), "\($0.id)", Quantity.decimals($0.cosine, 3)] })
    }.joined()
  }

  /// Visible, with its spaces between marks.
  private func quoted(_ id: TokenID) -> String { "“\(Escaped.line(text(id)))”" }

  private var tensorTable: String {
    HTML.table(
      ["tensor", "shape", "norm", "root mean square", "largest", "not finite"],
      inspection.tensors.map {
        [
          $0.name, $0.shape.map(String.init).joined(separator: " × "), Quantity.significant($0.norm),
          Quantity.significant($0.rootMeanSquare), Quantity.significant($0.largest), "\($0.nonFiniteCount)",
        ]
      }, textColumns: [0, 1])
  }
}

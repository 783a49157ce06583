import Figures
import Formatting
import Foundation
import Insight
import Tokenization

/// Pictures of one text inside a model. Tokens are foreign text: they go into the data, never into the commands.
package enum TextFigures {
  /// Tokens that a picture has room for.
  private static let tokenLimit = 60

  /// With arrows for what parts lines and columns, which fonts have; they lack the pictures of control characters.
  private static func drawable(_ token: String) -> String {
    String(
      String.UnicodeScalarView(
        token.unicodeScalars.map { scalar in
          switch scalar {
          case "\n": "↵"
          case "\t": "⇥"
          default: scalar.value < 0x20 ? "\u{FFFD}" : scalar
          }
        }))
  }

  /// The weights with which the last token looks at the ones before it: a bar for each, the last 60 of a longer text.
  ///
  /// - Parameters:
  ///   - tokens: the text of every token of the view, as people read it.
  ///   - head: nil where the view is the mean over the heads.
  /// - Precondition: there is one text for each weight.
  package static func attention(_ view: AttentionView, tokens: [String], layer: Int, head: Int?) -> Figure {
    precondition(tokens.count == view.weights.count, "\(tokens.count) texts for \(view.weights.count) weights")
    let rows = zip(tokens, view.weights).suffix(tokenLimit).map { (text: drawable($0), values: [$1]) }
    var data = FigureData()
    let block = data.add("token, weight", labeled: rows)
    let place = "layer \(layer), " + (head.map { "head \($0)" } ?? "mean over the heads")
    return Figure(
      name: "attention", title: "Where the last token looks", caption: place,
      width: max(480, 16 * rows.count + 160),
      height: 420, data: data.text,
      commands: """
        set termoption noenhanced
        set title '\(place)'
        set ylabel 'weight'
        set yrange [0:*]
        set boxwidth 0.8
        set style fill solid 0.7 noborder
        set xtics rotate by 90 right scale 0
        set grid noxtics
        unset key
        \(Plot.command([Plot.block(block, "0:2:xtic(1)", "with boxes lc rgb '\(Palette.blue)'")]))
        """)
  }

  /// What each layer would predict: a row for every layer, likeliest tokens first, shaded by their probability.
  ///
  /// - Parameter text: a token as people read it.
  package static func lens(_ views: [LensView], text: (TokenID) -> String) -> Figure {
    var data = FigureData()
    let rows = views.flatMap { view in
      view.predictions.enumerated().map { rank, prediction in
        (
          text: drawable(text(prediction.id)),
          values: [Double(rank + 1), Double(view.layer), prediction.probability]
        )
      }
    }
    let block = data.add("token, rank, after layer, probability", labeled: rows)
    let ranks = views.map(\.predictions.count).max() ?? 1
    return Figure(
      name: "lens", title: "What each layer would predict",
      caption: "The likeliest next tokens by the logit lens; 0 is the embedding, darker is likelier.",
      width: 130 * max(3, ranks) + 120, height: 26 * views.count + 120, data: data.text,
      commands: """
        set termoption noenhanced
        set xlabel 'rank'
        set ylabel 'after layer'
        set xrange [0.5:\(Double(ranks) + 0.5)]
        set yrange [-0.5:\(Double(views.count) - 0.5)]
        set xtics 1
        set ytics \(max(1, views.count / 12))
        set cbrange [0:1]
        set palette defined (0 '#ffffff', 1 '\(Palette.blue)')
        unset colorbox
        unset grid
        unset key
        set style fill solid 0.8 noborder
        \(Plot.command([
          Plot.block(block, "2:3:(0.48):(0.46):4", "with boxxyerror fc palette"),
          Plot.block(block, "2:3:1", "with labels textcolor rgb '#444444'"),
        ]))
        """)
  }
}

import Figures
import Foundation
import Insight
import TestSupport
import Testing

@testable import Reports

/// Pictures of one text, whose tokens anybody may have written.
@Suite(.timeLimit(.minutes(20))) struct TextFigureTests {
  static let hostile = [
    "a\"b", "`touch x`", "line\nbreak", "{/=90 big}^2_3", "\\", "'; !touch x #", "ö", "\u{7}",
  ]

  private var attention: Figure {
    let view = AttentionView(firstToken: 0, weights: Self.hostile.map { _ in 1 / Double(Self.hostile.count) })
    return TextFigures.attention(view, tokens: Self.hostile, layer: 1, head: nil)
  }

  private var lens: Figure {
    let views = (0..<3).map { layer in
      LensView(
        layer: layer,
        predictions: (0..<4).map { LensView.Prediction(id: Int32($0 + layer), probability: 0.2) })
    }
    return TextFigures.lens(views) { Self.hostile[Int($0)] }
  }

  @Test func tokensStandInTheDataAlone() {
    for figure in [attention, lens] {
      for token in Self.hostile where token.count > 2 { #expect(!figure.commands.contains(token)) }
      #expect(figure.data.contains("\"a'b\"") && figure.data.contains("line↵break"))
    }
    #expect(attention.data.split(separator: "\n").count == 1 + Self.hostile.count)
    #expect(lens.data.split(separator: "\n").count == 1 + 12)
  }

  @Test func theyAreDrawnWhereThereIsGnuplot() throws {
    for figure in [attention, lens] {
      do {
        let svg = try figure.svg()
        #expect(svg.contains("touch x") || figure.name.description == "lens")
        #expect(svg.contains("{/=90 big}^2_3"), "no markup of gnuplot's is followed")
        #expect(svg.contains("\u{2216}"), "a row that ends in a backslash is a row")
      } catch let failure as DrawingFailure {
        #expect(failure.problem == "gnuplot is not installed")
      }
    }
  }

  @Test func onlyTheLastTokensOfALongTextAreShown() {
    let view = AttentionView(firstToken: 0, weights: Array(repeating: 0.01, count: 100))
    let figure = TextFigures.attention(view, tokens: (0..<100).map { "t\($0)" }, layer: 0, head: 2)
    #expect(
      figure.data.contains("\"t99\"") && figure.data.contains("\"t40\"") && !figure.data.contains("\"t39\""))
  }
}

import Testing

@testable import Benchmarking

@Suite(.timeLimit(.minutes(20))) struct RooflineFigureTests {
  static let points = [
    RooflinePoint(kernel: "product forward fp32", intensity: 48, share: 0.85),
    RooflinePoint(kernel: "product forward fp32", intensity: 170, share: 0.89),
    RooflinePoint(kernel: "product forward fp32", intensity: 96, share: 0.78),
    RooflinePoint(kernel: "product dW fp32", intensity: 96, share: 0.79),
    RooflinePoint(kernel: "attention forward bf16", intensity: 512, share: 0.4),
    RooflinePoint(kernel: "decode fp32, 1 thread", intensity: 0.5, share: 0.72),
    RooflinePoint(kernel: "decode bf16, 2 threads", intensity: 1, share: 1.3),
    RooflinePoint(kernel: "nothing", intensity: 0, share: .nan),
  ]

  @Test func theFigureOfFixedPointsIsThis() {
    let expected = """
      share of the attainable roof
       100 % ┤          e
             │
        80 % ┤                                           ab
             │     d
        60 % ┤
             │
        40 % ┤                                                       c
             │
        20 % ┤
             │
         0 % ┤
             └┬─────────┬─────────┬─────────┬─────────┬─────────┬─────────┬
              ¼         1         4         16        64        256       1024
              operations per byte moved, at least
        a  product forward fp32                  48–170 op/B         78–89 %
        b  product dW fp32                           96 op/B            79 %
        c  attention forward bf16                   512 op/B            40 %
        d  decode fp32, 1 thread                    0.5 op/B            72 %
        e  decode bf16, 2 threads                   1.0 op/B           130 %

      """
    #expect(RooflineFigure(Self.points).text == expected)
  }

  @Test func kernelsAtOnePlaceStandSideBySide() {
    let points = (0..<26).map { RooflinePoint(kernel: "kernel \($0)", intensity: 1_024, share: 1) }
    let line = RooflineFigure(points).text.split(separator: "\n")[1]
    #expect(line.hasSuffix("zyxwvutsrqponmlkjihgfedcba"))
    #expect(line.count == 8 + RooflineFigure.columnCount)
  }

  @Test func noLineIsLongerThanATerminal() {
    for line in RooflineFigure(Self.points).text.split(separator: "\n") { #expect(line.count <= 79, "\(line)") }
  }

  @Test func nothingMeasuredDrawsNothing() {
    #expect(RooflineFigure([]).text.isEmpty)
    #expect(RooflineFigure([Self.points.last!]).text.isEmpty)
  }
}

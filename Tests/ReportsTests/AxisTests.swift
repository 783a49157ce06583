import Figures
import Testing

@Suite(.timeLimit(.minutes(20))) struct AxisTests {
  /// Ratios that are no finite number, and margins beyond the largest one, once ended the program.
  @Test(
    arguments: [
      [.leastNonzeroMagnitude, .leastNormalMagnitude, 3], [1e-300, 1, 1e300], [1.7e308],
      [1, .infinity, .nan, -1, 0], [], [0],
    ], [false, true])
  func anyValuesGiveTicsWithinARange(_ values: [Double], isNarrow: Bool) {
    for unit in [Axis.Unit.power, .count, .plain] {
      let axis = Axis.logarithmic("x", values, "N", unit: unit, margin: 1.5, isNarrow: isNarrow)
      #expect(axis.low > 0 && axis.low < axis.high && axis.high < .infinity)
      #expect(!axis.commands.contains("inf") && !axis.commands.contains("nan"))
    }
  }
}

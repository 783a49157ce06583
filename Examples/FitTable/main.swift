// Fits a scaling law to a table of runs and asks it for the best model of a larger budget: FitTable runs.csv
import Foundation
import Quill

let fit = try Fit(RunTable(file: CommandLine.arguments[1]))
print(fit.formula)
for name in fit.names {
  let estimate = fit[name]!
  print(
    name.padding(toLength: 6, withPad: " ", startingAt: 0),
    String(format: "%.3g  from %.3g to %.3g", estimate.value, estimate.interval.low, estimate.interval.high))
}
let best = fit.optimum(flops: 1e20)!
print(
  String(
    format: "1e20 FLOPs are best spent on %.2g parameters and %.2g tokens, for a loss of %.3f",
    best.parameters.value, best.tokens.value, best.loss.value))
for warning in fit.warnings { print("warning:", warning.code.rawValue) }

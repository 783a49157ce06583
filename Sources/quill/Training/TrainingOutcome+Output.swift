import CommandLineKit
import Storage
import Training
import Formatting

extension TrainingOutcome {
  /// The lines that end a run on standard output.
  ///
  /// - Parameter folder: the run's folder.
  func summary(of folder: String) -> String {
    var rows = [
      ["ending", ending.rawValue.replacing("_", with: " ")],
      ["steps", "\(steps.grouped) (\(tokens.grouped) tokens)"],
    ]
    if let trainLoss { rows.append(["training loss", Quantity.decimals(trainLoss, 4)]) }
    if let validationLoss {
      let bits = bitsPerByte.map { ", \(Quantity.decimals($0, 4)) bits per byte" } ?? ""
      rows.append(["validation loss", Quantity.decimals(validationLoss, 4) + bits])
    }
    if let bestValidationLoss, let bestStep {
      rows.append(["best", "\(Quantity.decimals(bestValidationLoss, 4)) at step \(bestStep.grouped)"])
    }
    if let entropyFloor { rows.append(["entropy of the text", Quantity.decimals(entropyFloor, 4)]) }
    if let tokensPerSecond { rows.append(["speed", "\(Quantity.short(tokensPerSecond)) tokens/s"]) }
    rows.append(["time", Quantity.duration(seconds)])
    rows.append(["folder", folder])
    return Table(rows).rendered()
  }
}

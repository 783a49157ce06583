import Storage

extension TrainingOutcome {
  /// The outcome in the field names of `quill train --json`; null where a value is unknown.
  package var json: JSONValue {
    [
      "ending": .string(ending.rawValue), "signal": JSONValue(signal.map(Int.init)), "steps": .integer(steps),
      "tokens": .integer(tokens), "train_loss": JSONValue(trainLoss), "val_loss": JSONValue(validationLoss),
      "best_val_loss": JSONValue(bestValidationLoss), "best_step": JSONValue(bestStep),
      "bits_per_byte": JSONValue(bitsPerByte), "entropy_floor": JSONValue(entropyFloor),
      "tokens_per_second": JSONValue(tokensPerSecond), "flops_per_token": JSONValue(flopsPerToken),
      "share_of_peak": JSONValue(shareOfPeak), "peak_bytes": JSONValue(peakBytes),
      "seconds": JSONValue(seconds),
      "parameters": .integer(parameters),
    ]
  }
}

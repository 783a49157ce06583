import Testing

/// Command lines that cannot be: exit code 64, one sentence, how to go on; nothing on standard output.
@Suite(.timeLimit(.minutes(20))) struct UsageTests {
  @Test(
    arguments: [
      (["smaple"], "Unknown command 'smaple'. Did you mean 'sample'?"),
      (["tokenizer", "trian"], "Unknown command 'trian'. Did you mean 'train'?"),
      (["sample", "x", "--temprature", "1"], "Unknown option '--temprature'. Did you mean '--temperature'?"),
      (["sample"], "Missing expected argument '<checkpoint>'."),
      (["sample", "x", "--top-p", "0"], "The value '0' is invalid for '--top-p <p>': expected a number"),
      (["sample", "x", "--top-p", "2"], "expected a number above 0, at most 1."),
      (["sample", "x", "--repetition-penalty", "0"], "expected a number from 0.01 to 100."),
      (
        ["sample", "x", "One day"],
        "Unexpected argument 'One day'. Write --prompt 'One day' if it is the prompt."
      ),
      (["sample", "x", "--logprobs", "3"], "'--logprobs' needs '--json'"),
      (["sample", "x", "--beams", "3", "--samples", "2"], "'--beams' and '--samples' exclude each other"),
      (
        ["sample", "x", "--beams", "3", "--logprobs", "2", "--json"],
        "'--beams' and '--logprobs' exclude each other"
      ),
      (["sample", "x", "--beams", "0"], "expected a whole number from 1 to 1000."),
      (["sample", "x", "--temperature", "-1"], "The value '-1' is invalid for '--temperature <t>'"),
      (["sample", "x", "--precision", "fp8"], "expected one of 'auto', 'fp32' or 'bf16'."),
      (["sample", "x", "--threads", "100000"], "expected a whole number from 0 to 1024"),
      (["fit", "x", "--threads", "1025"], "expected a whole number from 0 to 1024"),
      (["sweep", "run", "x", "--threads", "100000"], "expected a whole number from 0 to 1024"),
      (["bench", "--threads", "100000"], "expected a whole number from 1 to 1024"),
      (["train", "--output", "x"], "Missing expected argument '--corpus <folder>'."),
      (
        ["train", "--output", "x", "--corpus", "y", "--preset", "tiny", "--depth", "2"],
        "'--preset' and '--depth' exclude each other."
      ),
      (["tokenizer", "train", "x", "--output", "y"], "Missing expected argument '--vocab-size <count>'"),
      (["tokenizer", "train", "x", "--output", "y", "--kind", "words"], "expected one of 'bpe', 'characters'"),
      (["corpus", "tales", "--bytes", "ten", "--output", "x"], "expected a size such as 500k, 10MB or 4MiB"),
      (["bench", "train", "--only", "0.8M"], "a configuration of train or decode is chosen by '--model'"),
      (["corpus", "pack", "x", "--tokenizer", "y"], "Missing expected argument '--output <folder>'."),
    ] as [([String], String)])
  func aMistakeExits64(_ arguments: [String], _ message: String) throws {
    let result = try QuillProcess.run(arguments)
    #expect(result.exitCode == 64)
    #expect(result.output.isEmpty)
    #expect(result.error.hasPrefix("Error: "))
    #expect(result.error.contains(message))
    #expect(result.error.contains("\nUsage: quill"))
    #expect(result.error.contains("--help' for more information."))
  }
}

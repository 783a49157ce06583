import CommandLineKit
import ScalingLaws
import Storage
import Sweeps

/// `quill fit`
struct Fit: Command {
  static let configuration = CommandConfiguration(
    "fit", abstract: "Fit a scaling law to a table of runs.",
    discussion: """
      Reads a CSV file, or the runs.csv of a sweep's folder, and prints the law's parameters with 95 % intervals, the best size and \
      tokens for each compute budget, what other approaches and objectives say, and coded warnings where the runs cannot support a \
      claim. The search is global (all exponents on a grid, coefficients exact) and deterministic.

      Forms for --form:
        power             L = A·x^-alpha                          x is what --over names
        saturating        L = E + A·x^-alpha
        kaplan            L = [(Nc/N)^(aN/aD) + Dc/D]^aD
        kaplan-steps      L = (Nc/N)^aN + (Sc/S)^aS
        chinchilla        L = E + A·N^-alpha + B·D^-beta
        interaction       the same + K·N^-alpha·D^-beta
        overtraining      L = E + A·N^-eta + B·6^(-eta/2)·D^-eta
        data-constrained  chinchilla with discounts for repeated tokens (column unique_tokens)
        broken            a saturating power law with one to three smooth breaks (--breaks)
      """,
    examples: [
      .init("A table of runs", "quill fit runs.csv --form chinchilla --predict-at 1e22"),
      .init("A sweep, every form compared", "quill fit sweeps/tales --compare"),
      .init(
        "Inverse questions",
        "quill fit runs.csv --target-loss 2.0 --fixed-params 1e9 --fixed-tokens 2e10"),
      .init("Equal exponents, a known floor", "quill fit runs.csv --tie alpha=beta --fix E=1.69"),
      .init("What one recipe saves over another", "quill fit sweeps/new --against sweeps/old"),
    ])

  @Argument(help: "A CSV file, or a sweep's folder.") var runs: String
  @Option(help: "The law; see above.") var form = LawForm.chinchilla
  @Option(help: "What power, saturating and broken are a function of: params, tokens or flops.")
  var over = LawVariable.parameters
  @Option(placeholder: "count", help: "Breaks of the form broken.", where: .within(BrokenPowerLaw.breakCounts))
  var breaks = 1
  @OptionGroup(title: "Fitting") var fitting: FittingOptions
  @OptionGroup(title: "Questions") var questions: QuestionOptions
  @OptionGroup(title: "Columns") var columns: ColumnOptions
  @Flag(help: "Print one JSON object.") var json = false

  func validate() throws {
    _ = try fitting.constraints
    guard breaks == 1 || form == .broken || fitting.compare else {
      throw UsageError("'--breaks' needs '--form broken' or '--compare'.")
    }
  }

  func run() throws {
    let (path, csv, table) = try read(runs)
    let otherCounts = try ["params_nonembedding", "params_6n"].filter { csv.index(of: $0) != nil }
      .map { (name: $0, table: try table.recounted($0, csv)) }
    var settings = FitSettings()
    settings.form = form
    settings.variable = over
    settings.breaks = breaks
    try fitting.apply(to: &settings)
    questions.apply(to: &settings)
    let rival = try questions.against.map { try read($0) }
    let analysis = try FitAnalysis(
      table, settings, otherCounts: otherCounts, curves: try curves(table.columns), against: rival?.table)
    // Made before anything is written: hashing can fail.
    let document = try json ? analysis.document(path, against: rival?.path) : .null
    writeResult(
      json: json, document, text: FitPrinter(analysis, place: path, rival: rival?.path ?? "").text)
  }

  private func read(_ place: String) throws -> (path: String, csv: CSVTable, table: RunTable) {
    let path = FilePath.isFolder(place) ? SweepFolder(place).tablePath : place
    let csv = try CSVTable(file: path)
    return (path, csv, try RunTable(csv, columns: columns.names))
  }

  /// A sweep's training curves, as far as approach 1 may use them.
  private func curves(_ columns: RunColumns) throws -> [Envelope.Curve] {
    guard FilePath.isFolder(runs) else { return [] }
    let (curves, damaged) = try SweepFolder(runs).undecayedCurves(columns)
    if damaged > 0 {
      let words = damaged == 1 ? "1 run are damaged: it has" : "\(damaged) runs are damaged: they have"
      StandardStream.error.write("warning: the metrics of \(words) no curve\n")
    }
    return curves
  }
}

extension LawForm: ArgumentValue {}
extension LawVariable: ArgumentValue {}
extension Weighting: ArgumentValue {}
extension LeaveOut.Unit: ArgumentValue {}

extension FitAnalysis {
  /// Of `docs/formats/fit.md`.
  private static let documentFormat = 1

  /// The result with what made it: two documents with the same version, hashes, options and columns are the same, byte for byte.
  fileprivate func document(_ file: String, against rival: String?) throws -> JSONValue {
    func hash(_ file: String) throws -> JSONValue { JSONValue(try SHA256.hash(file: file).hexadecimal) }
    return .object(
      [
        "format": JSONValue(Self.documentFormat), "quill": JSONValue(Version.current),
        "data": JSONValue(file), "data_sha256": try hash(file),
        "against_data": rival.map { JSONValue($0) } ?? .null,
        "against_sha256": try rival.map { try hash($0) } ?? .null,
      ], then: json)
  }
}

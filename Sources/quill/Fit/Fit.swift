import CommandLineKit
import Foundation
import Scaling
import Storage

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
        broken            a saturating power law with one smooth break
      """,
    examples: [
      .init("A table of runs", "quill fit runs.csv --form chinchilla --predict-at 1e22"),
      .init("A sweep, every form compared", "quill fit sweeps/tales --compare"),
      .init(
        "Inverse questions",
        "quill fit runs.csv --target-loss 2.0 --fixed-params 1e9 --fixed-tokens 2e10"),
      .init("Equal exponents, a known floor", "quill fit runs.csv --tie alpha=beta --fix E=1.69"),
    ])

  @Argument(help: "A CSV file, or a sweep's folder.") var runs: String
  @Option(help: "The law; see above.") var form = LawForm.chinchilla
  @Option(help: "What power, saturating and broken are a function of: params, tokens or flops.")
  var over = LawVariable.parameters
  @OptionGroup(title: "Fitting") var fitting: FittingOptions
  @OptionGroup(title: "Questions") var questions: QuestionOptions
  @OptionGroup(title: "Columns") var columns: ColumnOptions
  @Flag(help: "Print one JSON object.") var json = false

  func validate() throws {
    _ = try fitting.constraints
  }

  func run() throws {
    let csv = try CSVTable(file: path)
    let table = try RunTable(csv, columns: columns.names)
    let otherCounts = try ["params_nonembedding", "params_6n"].filter { csv.index(of: $0) != nil }
      .map { (name: $0, table: try table.recounted($0, csv)) }
    var settings = FitSettings()
    settings.form = form
    settings.variable = over
    try fitting.apply(to: &settings)
    questions.apply(to: &settings)
    let analysis = try FitAnalysis(table, settings, otherCounts: otherCounts)
    writeResult(json: json, analysis.document(file: path), text: FitPrinter(analysis, place: path).text)
  }

  /// The table of a sweep's folder, or the file itself.
  private var path: String {
    var isFolder: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: runs, isDirectory: &isFolder)
    return exists && isFolder.boolValue ? runs + (runs.hasSuffix("/") ? "" : "/") + "runs.csv" : runs
  }
}

extension LawForm: ArgumentValue {}
extension LawVariable: ArgumentValue {}

extension FitAnalysis {
  /// The result, with the data's hash: two documents with the same hash and options are the same.
  fileprivate func document(file: String) -> JSONValue {
    let hash = (try? SHA256.hash(file: file))?.hexadecimal ?? ""
    return .object([:], then: json, ["data": JSONValue(file), "data_sha256": JSONValue(hash)])
  }
}

import CommandLineKit
import Compute
import Formatting
import Foundation
import Machine
import Storage
import Sweeps
import Training

/// `quill sweep run`
struct SweepRun: Command {
  static let configuration = CommandConfiguration(
    "run", abstract: "Do the runs of a plan that have not been done.",
    discussion: """
      Small models run side by side, one process per core; models that gain from it get all cores, as the calibration \
      says. Ended runs are skipped, interrupted ones go on: stop it with Ctrl-C, or in any other way, and start it again. \
      Several may work in one folder, on several machines too where they share it. Learning rates are checked first; the \
      held-out run comes last, and its loss is predicted before it starts. Runs that diverge or crash are rows of the table.
      """,
    examples: [
      .init("All of it", "quill sweep run sweeps/tales"),
      .init("On a cluster", "quill sweep run sweeps/tales --slurm > sweep.sbatch"),
    ])

  @Argument(help: "The folder of a planned sweep.") var sweep: String
  @Option(placeholder: "count", help: "Cores to use; 0 means all.", where: .within(0...WorkerPool.threadLimit))
  var threads = 0
  @Flag(help: "Place the runs of each budget by a fit to the smaller ones.") var adaptive = false
  @Flag(help: "Do failed runs again.") var retry = false
  @Option(placeholder: "id", help: "Do only this run, in this process.") var only: String?
  @Flag(help: "Print a Slurm job array that does what is ready now, and stop.") var slurm = false
  @Flag(help: "Say nothing until the end.") var quiet = false
  @Flag(help: "Print the result as one JSON object.") var json = false

  func validate() throws {
    if only != nil, adaptive || slurm { throw UsageError("'--only' excludes '--adaptive' and '--slurm'.") }
  }

  private var cores: Int { threads > 0 ? threads : WorkerPool.processorCount }

  func run() throws {
    TerminationSignals.install()
    let folder = SweepFolder(sweep)
    if let only { return try runOne(only, in: folder) }
    if slurm {
      StandardStream.output.write(try SlurmScript(folder, threads: cores).text)
      return
    }
    var options = SweepRunner.Options(cores: cores)
    options.adapts = adaptive
    options.retries = retry
    let sweep = self.sweep
    let launcher = ProcessLauncher(
      program: Self.program,
      arguments: { id, threads in ["sweep", "run", sweep, "--only", id, "--threads", "\(threads)", "--json"] },
      errorPath: { folder.runPath($0) + "/stderr.txt" })
    let reporter = SweepConsoleReporter(isQuiet: quiet)
    let start = ContinuousClock.now
    defer { reporter.close() }
    let ending = try SweepRunner(folder, options: options, launcher: launcher, reporter: reporter).run()
    reporter.close()
    let summary = try SweepSummary(folder, seconds: (ContinuousClock.now - start) / .seconds(1))
    writeResult(json: json, summary.json, text: summary.text)
    if case .interrupted(let signal) = ending { throw ExitRequest(128 + signal) }
  }

  /// This very program.
  private static var program: String {
    (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
      ?? Bundle.main.executablePath ?? CommandLine.arguments[0]
  }

  /// One run in this process: what the others are started for.
  private func runOne(_ id: String, in folder: SweepFolder) throws {
    // A sweep that is killed takes its runs along: they notice that they have another parent, and save.
    let parent = getppid()
    let ending: SweepWorker.Ending
    do {
      ending = try SweepWorker(folder).run(id, threads: cores) {
        TerminationSignals.received ?? (getppid() == parent ? nil : SIGHUP)
      }
    } catch {
      let known = error as? QuillError ?? QuillError(.internal, at: "", "\(error)")
      if json { StandardStream.output.write(WorkerReport.failed(known).json.compactText + "\n") }
      throw known
    }
    if json { StandardStream.output.write(WorkerReport.ended(ending).json.compactText + "\n") }
    switch ending {
    case .recorded: break
    // Another process is doing the run: sysexits' EX_TEMPFAIL.
    case .taken: throw ExitRequest(75)
    case .interrupted(let signal): throw ExitRequest(128 + signal)
    }
  }
}

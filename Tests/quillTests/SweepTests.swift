import Foundation
import Testing

/// `quill sweep` as a user meets it: processes, signals, kills.
@Suite(.timeLimit(.minutes(20))) struct SweepTests {
  /// Runs of a few hundred milliseconds.
  static let plan = [
    "sweep", "plan", "--corpus", "tales", "--at", "3e8", "--at", "1e9", "--sizes", "2", "--context", "32",
    "--verify-at", "0", "--no-rate-check", "--eval-windows", "16", "--questions", "4", "--seed", "1", "--seed",
    "2",
  ]

  /// The rows of a table without what depends on the machine and the moment: threads and seconds.
  static func table(_ folder: URL) throws -> [String] {
    try String(contentsOf: folder.appending(path: "runs.csv"), encoding: .utf8).split(separator: "\n")
      .map { $0.split(separator: ",", omittingEmptySubsequences: false).dropLast(2).joined(separator: ",") }
  }

  @Test func aPlanThatIsRunEndsInATable() throws {
    try TinyRun.shared.get().withCopy { run, folder in
      let planned = try run.quill(Self.plan + ["whole", "--json"])
      #expect(planned.exitCode == 0, "\(planned.error)")
      let runs = try #require(try planned.json["runs"] as? [[String: Any]])
      #expect(runs.count == 6)
      let again = try run.quill(Self.plan + ["whole"])
      #expect(again.exitCode == 64)
      #expect(again.error.contains("--replace"))

      let result = try run.quill("sweep", "run", "whole", "--json")
      #expect(result.exitCode == 0, "\(result.error)")
      #expect(try result.json["finished"] as? Int == 6)
      #expect(try result.json["pending"] as? Int == 0)
      #expect(try Self.table(folder.appending(path: "whole")).count == 7)
      let records = try String(contentsOf: folder.appending(path: "whole/runs.jsonl"), encoding: .utf8)
      #expect(records.contains("\"accuracy\":{\"asked\":4,"))
      let script = try run.quill("sweep", "run", "whole", "--slurm")
      #expect(script.exitCode == 64, "nothing is left to submit")
    }
  }

  @Test func killsAndSignalsAtAnyTimeLeaveTheSameTable() throws {
    try TinyRun.shared.get().withCopy { run, folder in
      for name in ["whole", "broken"] {
        let planned = try run.quill(Self.plan + [name])
        #expect(planned.exitCode == 0, "\(planned.error)")
      }
      #expect(try run.quill("sweep", "run", "whole").exitCode == 0)
      for (signal, milliseconds) in [
        (SIGKILL, 40), (SIGKILL, 130), (SIGINT, 200), (SIGKILL, 310), (SIGTERM, 90),
      ] {
        let running = try QuillProcess.start(["sweep", "run", "broken"], in: folder)
        usleep(UInt32(milliseconds * 1000))
        running.send(signal)
        let code = try running.finish().exitCode
        #expect(code == 128 + signal || code == 0, "signal \(signal)")
      }
      let last = try run.quill("sweep", "run", "broken")
      #expect(last.exitCode == 0, "\(last.error)")
      #expect(
        try Self.table(folder.appending(path: "broken")) == Self.table(folder.appending(path: "whole")))
    }
  }

  @Test func twoRunnersShareTheWork() throws {
    try TinyRun.shared.get().withCopy { run, folder in
      #expect(try run.quill(Self.plan + ["shared"]).exitCode == 0)
      let runners = try (0..<2).map { _ in try QuillProcess.start(["sweep", "run", "shared"], in: folder) }
      for runner in runners {
        let result = try runner.finish()
        #expect(result.exitCode == 0, "\(result.error)")
      }
      let records = try String(contentsOf: folder.appending(path: "shared/runs.jsonl"), encoding: .utf8)
      #expect(records.split(separator: "\n").count == 6)
    }
  }

  @Test func aScriptForSlurmHasATaskForEveryReadyRun() throws {
    try TinyRun.shared.get().withCopy { run, folder in
      #expect(try run.quill(Self.plan + ["array"]).exitCode == 0)
      let script = try run.quill("sweep", "run", "array", "--slurm", "--threads", "2")
      #expect(script.exitCode == 0)
      #expect(script.output.contains("#SBATCH --array=0-5\n"))
      try script.output.write(to: folder.appending(path: "a.sbatch"), atomically: true, encoding: .utf8)
      // What a task of the array does.
      let shell = Process()
      shell.executableURL = URL(filePath: "/bin/bash")
      shell.currentDirectoryURL = folder
      shell.arguments = ["a.sbatch"]
      shell.environment = [
        "QUILL": QuillProcess.program.path, "SLURM_ARRAY_TASK_ID": "3", "SLURM_CPUS_PER_TASK": "1",
      ]
      try shell.run()
      shell.waitUntilExit()
      #expect(shell.terminationStatus == 0)
      #expect(try Self.table(folder.appending(path: "array")).count == 2)
    }
  }

  @Test func aFolderWithoutAPlanIsAnError() throws {
    let result = try QuillProcess.run(["sweep", "run", "nothing"])
    #expect(result.exitCode == 66)
    #expect(result.error.contains("quill sweep plan nothing"))
  }
}

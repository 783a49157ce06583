import Foundation
import Storage
import TestSupport
import Testing

@testable import Sweeps

@Suite(.timeLimit(.minutes(20))) struct WorkerReportTests {
  static let reports: [WorkerReport] =
    RunStatus.allCases.map { .ended(.recorded($0)) } + [.ended(.taken), .ended(.interrupted(SIGTERM))]
    + QuillError.Kind.allCases.map {
      .failed(QuillError($0, at: "Error: a\n\"place\"", "what: was\u{600}\"found", remedy: "Do 'this'."))
    }

  @Test(arguments: reports)
  func aReportIsReadAsItWasWritten(_ report: WorkerReport) throws {
    let line = report.json.compactText
    #expect(!line.utf8.contains(UInt8(ascii: "\n")))
    #expect(try WorkerReport(json: JSONNode(JSONValue.parse(line, place: "x"), place: "x")) == report)
  }

  @Test(arguments: [
    "{}", #"{"ending":"other"}"#, #"{"ending":"recorded","status":"x"}"#,
    #"{"ending":"interrupted","signal":0}"#,
    #"{"ending":"failed","kind":"x","place":"","problem":"","remedy":""}"#,
  ])
  func aStrangeReportIsRefused(_ text: String) {
    #expect(throws: QuillError.self) {
      try WorkerReport(json: JSONNode(JSONValue.parse(text, place: "x"), place: "x"))
    }
  }

  @Test func anErrorOfAWorkerArrivesWhole() throws {
    try TinySweep.with { tiny in
      let plan = try tiny.plan()
      let error = QuillError(.missingInput, at: "corpora/Error: x", "no such folder", remedy: "Bring it back.")
      let launcher = InProcessLauncher(folder: tiny.folder)
      launcher.intervene = { _ in .reported(.failed(error)) }
      #expect {
        try tiny.run(launcher: launcher)
      } throws: {
        guard let found = $0 as? QuillError else { return false }
        return found.kind == .missingInput && found.problem == error.problem && found.remedy == error.remedy
          && plan.runs.contains { found.place == "run \($0.id): \(error.place)" }
      }
    }
  }

  @Test func aDefectOfAWorkerIsARow() throws {
    try TinySweep.with { tiny in
      let plan = try tiny.plan()
      let launcher = InProcessLauncher(folder: tiny.folder)
      launcher.intervene = {
        $0 == plan.runs[0].id ? .reported(.failed(QuillError(.internal, at: "here", "a defect"))) : nil
      }
      try tiny.run(launcher: launcher)
      let failed = try tiny.folder.records().filter { $0.status == .failed }
      #expect(failed.map(\.problem) == ["here: a defect"])
    }
  }

  @Test(arguments: [
    "a\ntouch PWNED\n", "\r\n#SBATCH --wrap=x", "it's", "\u{600}'; touch PWNED; '", "$(touch PWNED)",
  ])
  func noNameOfAFolderLeavesItsPlaceInASlurmScript(_ name: String) throws {
    try TinySweep.with { tiny in
      _ = try tiny.plan()
      let path = FilePath.join(FilePath.parent(of: tiny.folder.path), name)
      try FileManager.default.moveItem(atPath: tiny.folder.path, toPath: path)
      defer { try? FileManager.default.moveItem(atPath: path, toPath: tiny.folder.path) }
      let script = try SlurmScript(SweepFolder(path), threads: 1).text
      // The script starts the program with the folder's name as one argument, and does nothing else.
      let shell = Process()
      shell.executableURL = URL(filePath: "/bin/bash")
      shell.arguments = ["-c", script]
      shell.currentDirectoryURL = URL(filePath: FilePath.parent(of: path))
      shell.environment = [
        "QUILL": "/bin/echo", "SLURM_ARRAY_TASK_ID": "0", "SLURM_CPUS_PER_TASK": "1", "PATH": "/usr/bin:/bin",
      ]
      let directives = script.unicodeScalars.split { $0 == "\n" || $0 == "\r" }.count {
        String($0).hasPrefix("#SBATCH")
      }
      #expect(directives == 5)
      let traced = Pipe()
      shell.standardOutput = traced
      try shell.run()
      shell.waitUntilExit()
      #expect(!FilePath.exists(FilePath.join(FilePath.parent(of: path), "PWNED")))
    }
  }
}

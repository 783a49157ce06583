import Foundation
import Testing

/// Signals save a training run, and a resumed run ends where an uninterrupted one does.
@Suite(.timeLimit(.minutes(20))) struct InterruptionTests {
  @Test(arguments: [(SIGINT, 130), (SIGTERM, 143), (SIGHUP, 129)] as [(Int32, Int32)])
  func aSignalSavesAndResumingEndsTheSame(_ signal: Int32, _ exitCode: Int32) throws {
    // A test that runs under nohup would hand the ignored signal on.
    Foundation.signal(SIGHUP, SIG_DFL)
    try TinyRun.shared.get().withCopy { run, folder in
      let settings = TinyRun.settings + ["--set", "steps=1500", "--set", "eval_every=500"]
      let arguments = ["train", "--corpus", "tales", "--json"] + settings
      let whole = try QuillProcess.run(arguments + ["--output", "whole"], in: folder)
      #expect(whole.exitCode == 0, "\(whole.error)")

      let running = try QuillProcess.start(arguments + ["--output", "broken"], in: folder)
      let deadline = Date.now.addingTimeInterval(20)
      while !running.errorSoFar.contains("step 1/"), Date.now < deadline { usleep(2000) }
      running.send(signal)
      let broken = try running.finish()
      #expect(broken.exitCode == exitCode, "\(broken.error)")
      #expect(broken.error.contains(": saving\n"))
      let steps = try #require(try broken.json["steps"] as? Int)
      #expect(steps > 0 && steps < 1500, "the signal came too late or too early: step \(steps)")

      let resumed = try QuillProcess.run(["train", "--resume", "--output", "broken", "--json"], in: folder)
      #expect(resumed.exitCode == 0, "\(resumed.error)")
      #expect(try resumed.json["val_loss"] as? Double == whole.json["val_loss"] as? Double)
      let wholeWeights = try files(in: folder.appending(path: "whole"), endingWith: "model.safetensors").last
      let resumedWeights = try files(in: folder.appending(path: "broken"), endingWith: "model.safetensors").last
      #expect(
        try Data(contentsOf: #require(wholeWeights)) == Data(contentsOf: #require(resumedWeights)),
        "interrupted at step \(steps)")
    }
  }

  @Test func aReaderThatLeavesEndsTheProgramQuietly() throws {
    let run = try TinyRun.shared.get()
    let shell = Process()
    shell.executableURL = URL(filePath: "/bin/bash")
    shell.currentDirectoryURL = run.folder
    let command = """
      "\(QuillProcess.program.path)" sample run --tokens 1e6 --slide --ignore-end-of-text 2>err.txt | head -c 5 >/dev/null
      echo "${PIPESTATUS[0]}"
      """
    shell.arguments = ["-c", command]
    let pipe = Pipe()
    shell.standardOutput = pipe
    try shell.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    shell.waitUntilExit()
    #expect(String(decoding: output, as: UTF8.self) == "141\n")
    #expect(try Data(contentsOf: run.folder.appending(path: "err.txt")).isEmpty)
  }

  @Test func aFullDiskUnderStandardOutputIsAnError() throws {
    let run = try TinyRun.shared.get()
    let shell = Process()
    shell.executableURL = URL(filePath: "/bin/bash")
    shell.currentDirectoryURL = run.folder
    shell.arguments = [
      "-c",
      "\"\(QuillProcess.program.path)\" tokenizer encode --tokenizer tales.json hello 2>/dev/null >/dev/full",
    ]
    try shell.run()
    shell.waitUntilExit()
    #expect(shell.terminationStatus == 74)
  }
}

import Foundation
import Testing

/// What happens where the standard streams take nothing: reporting never ends a run, results that cannot be delivered are an error.
@Suite(.timeLimit(.minutes(20))) struct StreamTests {
  /// What a shell prints that runs `script`, in which `$quill` is the program and `$train` trains the tiny model.
  private func shell(_ script: String, in folder: URL) throws -> String {
    let shell = Process()
    shell.executableURL = URL(filePath: "/bin/bash")
    shell.currentDirectoryURL = folder
    let train = "\"$quill\" train --corpus tales \(TinyRun.settings.joined(separator: " "))"
    shell.arguments = ["-c", "quill='\(QuillProcess.program.path)'; train() { \(train) \"$@\"; }; \(script)"]
    let pipe = Pipe()
    shell.standardOutput = pipe
    shell.standardError = FileHandle.nullDevice
    try shell.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    shell.waitUntilExit()
    return String(decoding: output, as: UTF8.self)
  }

  @Test(arguments: [
    "train --output o 2>/dev/full >/dev/null; echo $?",
    "train --output o 2>&- >/dev/null; echo $?",
    "train --output o 2>&1 >/dev/null | true; echo ${PIPESTATUS[0]}",
    "train --output o 2> >(exec head -c 1 >/dev/null) >/dev/null; echo $?",
    "train --output o <&- 2>&- >/dev/null; echo $?",
  ])
  func aRunThatCannotReportGoesOnToItsEnd(_ script: String) throws {
    try TinyRun.shared.get().withCopy { run, folder in
      #expect(try shell(script, in: folder) == "0\n")
      let whole = try Data(contentsOf: folder.appending(path: "run/model.safetensors"))
      #expect(try Data(contentsOf: folder.appending(path: "o/model.safetensors")) == whole)
      // What was meant for the terminal is in no file that got the terminal's number.
      for (path, data) in try contents(of: folder.appending(path: "o")) {
        #expect(data.range(of: Data("tokens/s".utf8)) == nil, "\(path)")
      }
    }
  }

  @Test func aReaderOfTheLogThatLeavesEndsNothingButTheSummary() throws {
    try TinyRun.shared.get().withCopy { run, folder in
      #expect(
        try shell("train --output o 2>&1 | head -1 >/dev/null; echo ${PIPESTATUS[0]}", in: folder) == "141\n")
      let whole = try Data(contentsOf: folder.appending(path: "run/model.safetensors"))
      #expect(try Data(contentsOf: folder.appending(path: "o/model.safetensors")) == whole)
    }
  }

  @Test(arguments: [">&-", ">/dev/full", "<&- >&- 2>&-"])
  func aResultThatCannotBeDeliveredIsAnError(_ streams: String) throws {
    let run = try TinyRun.shared.get()
    let script = "( \"$quill\" tokenizer encode --tokenizer tales.json hello \(streams) ); echo $?"
    #expect(try shell(script, in: run.folder) == "74\n")
  }

  @Test func linesThatCannotBeReadAreAnErrorAndNoEnd() throws {
    let run = try TinyRun.shared.get()
    #expect(try shell("\"$quill\" repl run --tokens 1 <. >/dev/null; echo $?", in: run.folder) == "74\n")
    #expect(try shell("\"$quill\" repl run --tokens 1 </dev/null >/dev/null; echo $?", in: run.folder) == "0\n")
  }

  @Test func aFolderNamedToRunACommandIsTrainedIn() throws {
    try TinyRun.shared.get().withCopy { run, folder in
      let name = "r`touch PWNED`\r\n!touch PWNED"
      let result = try QuillProcess.run(
        ["train", "--corpus", "tales", "--output", name] + TinyRun.settings, in: folder)
      #expect(result.exitCode == 0, "\(result.error)")
      #expect(try contents(of: folder).keys.allSatisfy { !$0.hasSuffix("/PWNED") && $0 != "PWNED" })
    }
  }
}

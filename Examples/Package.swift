// swift-tools-version: 6.2

import PackageDescription

/// What a program does with `import Quill`: each target is an example, and its output is pinned in `expected.txt`
/// (`scripts/test-examples`). A package of its own, so that nobody builds them who only builds Quill.
let package = Package(
  name: "examples",
  dependencies: [.package(name: "quill", path: "..")],
  targets: ["TrainAndSample", "ScoreFile", "FitTable", "CustomSchedule", "AnswerRequests"].map { name in
    .executableTarget(
      name: name, dependencies: [.product(name: "Quill", package: "quill")], path: name,
      exclude: ["expected.txt"] + (name == "FitTable" ? ["runs.csv"] : [])
        + (name == "AnswerRequests" ? ["requests.txt"] : []))
  }
)

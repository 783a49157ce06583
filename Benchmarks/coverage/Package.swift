// swift-tools-version: 6.2

import PackageDescription

/// How often 95 % intervals hold the truth: a program of its own, as it runs for minutes.
let package = Package(
  name: "coverage",
  dependencies: [.package(name: "quill", path: "../..")],
  targets: [
    // What it uses is `package` in quill.
    .executableTarget(
      name: "coverage", dependencies: [.product(name: "Quill", package: "quill")],
      swiftSettings: [.unsafeFlags(["-package-name", "quill"])])
  ]
)

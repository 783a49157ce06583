// swift-tools-version: 6.2

import PackageDescription

/// Coverage-guided fuzzing of the readers, with the toolchain's libFuzzer: `scripts/fuzz READER [SECONDS]`.
///
/// What it links is `package` in quill, so it is compiled under quill's package name.
let package = Package(
  name: "fuzz",
  dependencies: [.package(name: "quill", path: "..")],
  targets: [
    .executableTarget(
      name: "fuzz", dependencies: [.product(name: "Readers", package: "quill")],
      swiftSettings: [.unsafeFlags(["-package-name", "quill", "-parse-as-library"])],
      linkerSettings: [.unsafeFlags(["-sanitize=fuzzer"])])
  ]
)

// swift-tools-version: 6.2

import PackageDescription

/// The instruction set the kernels are compiled for: this machine's own, or what `QUILL_MARCH` names
/// (`QUILL_MARCH=x86-64-v3 swift build` gives a binary that runs on any CPU with AVX2).
let march = Context.environment["QUILL_MARCH"] ?? "native"

/// LLVM prefers 256-bit vectors on some AVX-512 processors; the kernels are written for 512.
let vectorWidth = ["-Xcc", "-mprefer-vector-width=512"]

/// Kernels run at full speed in debug builds too, so that the tests stay fast.
/// `-Ounchecked` removes preconditions: no target that reads a file or a user's input may use it.
let kernelSettings: [SwiftSetting] = [
  .unsafeFlags(
    ["-Ounchecked", "-wmo", "-num-threads", "2", "-disable-batch-mode", "-Xcc", "-march=\(march)"] + vectorWidth
  )
]

/// The tests of the kernels call the same instructions, and judge every number by a bound of its own: optimised, but checked.
let kernelTestSettings: [SwiftSetting] = [
  .unsafeFlags(["-O", "-Xcc", "-march=\(march)"] + vectorWidth)
]

/// Code that a debug build runs at full speed too, with every check kept. (It also keeps the closures of a training step on the
/// stack, so that a test can count the step's allocations.)
let numericSettings: [SwiftSetting] = [
  .unsafeFlags(["-O", "-wmo", "-num-threads", "2", "-disable-batch-mode"])
]

let package = Package(
  name: "quill",
  products: [
    .executable(name: "quill", targets: ["quill"]),
    .library(
      name: "Quill",
      targets: [
        "Compute", "Storage", "Tokenization", "Corpora", "Transformer", "Training", "Sampling", "Scaling",
        "Sweeps",
      ]),
  ],
  targets: [
    // System libraries.
    .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),

    // Libraries, each depending only on those above it.
    .target(name: "CVector"),
    .target(name: "Wording"),
    .target(name: "Processors", dependencies: ["CVector"]),
    .target(name: "Randomness", swiftSettings: numericSettings),
    .target(
      name: "Compute", dependencies: ["CVector", "Processors", "Randomness"], swiftSettings: kernelSettings),
    .target(name: "Storage", dependencies: ["CZstd", "CZlib"]),
    .target(name: "Tokenization", dependencies: ["Storage"]),
    .target(name: "Corpora", dependencies: ["Tokenization", "Storage", "Randomness"]),
    .target(name: "Transformer", dependencies: ["Compute", "Storage"], swiftSettings: numericSettings),
    .target(name: "Training", dependencies: ["Transformer", "Corpora", "Wording"]),
    .target(name: "Sampling", dependencies: ["Transformer", "Tokenization"]),
    .target(
      name: "Scaling", dependencies: ["Storage", "Randomness", "Wording", "COpenBLAS"],
      swiftSettings: numericSettings),
    .target(name: "Sweeps", dependencies: ["Training", "Scaling"]),
    .target(
      name: "Benchmarking",
      dependencies: ["Training", "Transformer", "Corpora", "Tokenization", "Compute", "CVector", "COpenBLAS"]),
    .target(name: "CommandLineKit", dependencies: ["Wording"]),

    // The program.
    .executableTarget(
      name: "quill",
      dependencies: [
        "Training", "Sampling", "Corpora", "Scaling", "Sweeps", "Benchmarking", "CommandLineKit", "Processors",
      ]),

    // Tests.
    .target(
      name: "TestSupport", dependencies: ["Storage", "Compute", "Transformer"], path: "Tests/TestSupport"),
    .testTarget(name: "ProcessorsTests", dependencies: ["Processors", "TestSupport"]),
    .testTarget(name: "RandomnessTests", dependencies: ["Randomness"]),
    .testTarget(
      name: "ComputeTests", dependencies: ["Compute", "CVector", "TestSupport"], exclude: ["Goldens"],
      swiftSettings: kernelTestSettings),
    .testTarget(name: "StorageTests", dependencies: ["Storage", "TestSupport"], exclude: ["Goldens"]),
    .testTarget(
      name: "TokenizationTests", dependencies: ["Tokenization", "TestSupport"], exclude: ["Goldens"]),
    .testTarget(name: "CorporaTests", dependencies: ["Corpora", "TestSupport"]),
    .testTarget(
      name: "TransformerTests", dependencies: ["Transformer", "TestSupport"], exclude: ["Goldens"]),
    .testTarget(name: "TrainingTests", dependencies: ["Training", "TestSupport"]),
    .testTarget(name: "SamplingTests", dependencies: ["Sampling", "TestSupport"]),
    .testTarget(
      name: "ScalingTests", dependencies: ["Scaling", "Randomness", "TestSupport"]),
    .testTarget(name: "SweepsTests", dependencies: ["Sweeps", "TestSupport"]),
    .testTarget(name: "BenchmarkingTests", dependencies: ["Benchmarking"]),
    .target(name: "AllocationCounter", path: "Tests/AllocationCounter"),
    .testTarget(
      name: "AllocationTests", dependencies: ["AllocationCounter", "Training", "Transformer", "TestSupport"]),
    .testTarget(name: "WordingTests", dependencies: ["Wording"]),
    .testTarget(name: "CommandLineKitTests", dependencies: ["CommandLineKit", "TestSupport"]),
    .testTarget(name: "quillTests", dependencies: ["quill", "TestSupport"], exclude: ["Help"]),
  ]
)

// `QUILL_ONLY=ComputeTests,CorporaTests swift build --build-tests` builds these targets and what they need.
if let only = Context.environment["QUILL_ONLY"] {
  var needed: Set<String> = []
  func need(_ name: String) {
    guard needed.insert(name).inserted else { return }
    for dependency in package.targets.first(where: { $0.name == name })?.dependencies ?? [] {
      if case .byNameItem(let name, _) = dependency { need(name) }
    }
  }
  for name in only.split(separator: ",") { need(String(name)) }
  package.targets.removeAll { !needed.contains($0.name) }
  package.products = []
}

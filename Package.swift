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
        "Compute", "Storage", "Tokenization", "Corpora", "Transformer", "Training", "Sampling", "ScalingLaws",
        "Sweeps",
      ]),
  ],
  targets: [
    // System libraries.
    .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),

    // Ground: no model, no text.
    .target(name: "CVector"),
    .target(name: "Formatting"),
    .target(name: "Machine", dependencies: ["CVector"]),
    .target(name: "Randomness", swiftSettings: numericSettings),
    .target(name: "Storage", dependencies: ["CZstd", "CZlib"]),

    // Numbers: no files, no user's input. Only the kernels are compiled unchecked.
    .target(name: "Compute", dependencies: ["CVector", "Machine"], swiftSettings: numericSettings),
    .target(
      name: "Kernels", dependencies: ["CVector", "Compute", "Machine", "Randomness"],
      swiftSettings: kernelSettings),

    // Text: no model.
    .target(name: "Tokenization", dependencies: ["Storage"]),
    .target(name: "Tales", dependencies: ["Randomness", "Storage"]),
    .target(name: "Corpora", dependencies: ["Storage", "Tokenization"]),

    // The model: no loop.
    .target(
      name: "Transformer", dependencies: ["Compute", "Kernels", "Machine", "Randomness", "Storage"],
      swiftSettings: numericSettings),

    // Work: no terminal, no words of the command line.
    .target(
      name: "Training",
      dependencies: [
        "Compute", "Corpora", "Formatting", "Kernels", "Machine", "Storage", "Tokenization", "Transformer",
      ]),
    .target(name: "Sampling", dependencies: ["Storage", "Tokenization", "Transformer"]),
    .target(
      name: "ScalingLaws", dependencies: ["COpenBLAS", "Formatting", "Randomness", "Storage"],
      swiftSettings: numericSettings),

    // Laboratory.
    .target(
      name: "Sweeps",
      dependencies: [
        "Compute", "Corpora", "Formatting", "Machine", "ScalingLaws", "Storage", "Tales", "Tokenization",
        "Training", "Transformer",
      ]),
    .target(name: "Figures", dependencies: ["Storage"]),
    .target(
      name: "Reports",
      dependencies: ["Compute", "Figures", "Formatting", "ScalingLaws", "Storage", "Sweeps", "Training"]),

    // Faces.
    .target(
      name: "Benchmarking",
      dependencies: [
        "COpenBLAS", "CVector", "Compute", "Corpora", "Kernels", "Machine", "Randomness", "Storage", "Tales",
        "Tokenization", "Training", "Transformer",
      ]),
    .target(name: "CommandLineKit", dependencies: ["Formatting"]),
    .executableTarget(
      name: "quill",
      dependencies: [
        "Benchmarking", "CommandLineKit", "Compute", "Corpora", "Formatting", "Kernels", "Machine", "Reports",
        "Sampling", "ScalingLaws", "Storage", "Sweeps", "Tales", "Tokenization", "Training", "Transformer",
      ]),

    // Tests.
    .target(
      name: "TestSupport", dependencies: ["Compute", "Kernels", "Storage", "Transformer"],
      path: "Tests/TestSupport"),
    .target(name: "AllocationCounter", path: "Tests/AllocationCounter"),
    .testTarget(name: "FormattingTests", dependencies: ["Formatting"]),
    .testTarget(name: "MachineTests", dependencies: ["Machine", "TestSupport"]),
    .testTarget(name: "RandomnessTests", dependencies: ["Randomness", "TestSupport"]),
    .testTarget(name: "StorageTests", dependencies: ["Storage", "TestSupport"], exclude: ["Goldens"]),
    .testTarget(name: "ComputeTests", dependencies: ["Compute", "TestSupport"]),
    .testTarget(
      name: "KernelsTests", dependencies: ["CVector", "Compute", "Kernels", "TestSupport"],
      exclude: ["Goldens"],
      swiftSettings: kernelTestSettings),
    .testTarget(
      name: "TokenizationTests", dependencies: ["Storage", "TestSupport", "Tokenization"], exclude: ["Goldens"]),
    .testTarget(
      name: "TalesTests",
      dependencies: ["Randomness", "Storage", "Tales", "TestSupport"]),
    .testTarget(
      name: "CorporaTests", dependencies: ["Corpora", "Storage", "Tales", "TestSupport", "Tokenization"]),
    .testTarget(
      name: "TransformerTests", dependencies: ["Compute", "Kernels", "Storage", "TestSupport", "Transformer"],
      exclude: ["Goldens"]),
    .testTarget(
      name: "TrainingTests",
      dependencies: ["Corpora", "Storage", "Tales", "TestSupport", "Tokenization", "Training"]),
    .testTarget(
      name: "AllocationTests",
      dependencies: ["AllocationCounter", "Compute", "TestSupport", "Training", "Transformer"]),
    .testTarget(name: "SamplingTests", dependencies: ["Sampling", "Storage", "TestSupport", "Tokenization"]),
    .testTarget(name: "ScalingLawsTests", dependencies: ["ScalingLaws", "Storage", "TestSupport"]),
    .testTarget(
      name: "SweepsTests",
      dependencies: [
        "Corpora", "Formatting", "Randomness", "ScalingLaws", "Storage", "Sweeps", "TestSupport",
        "Tokenization", "Training", "Transformer",
      ]),
    .testTarget(
      name: "ReportsTests",
      dependencies: [
        "Randomness", "Reports", "ScalingLaws", "Storage", "Sweeps", "TestSupport", "Training",
      ]),
    .testTarget(name: "BenchmarkingTests", dependencies: ["Benchmarking", "Compute", "Transformer"]),
    .testTarget(name: "CommandLineKitTests", dependencies: ["CommandLineKit", "Formatting"]),
    .testTarget(name: "quillTests", dependencies: ["TestSupport", "Training", "quill"], exclude: ["Help"]),
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

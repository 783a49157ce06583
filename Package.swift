// swift-tools-version: 6.2

import Foundation
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
let numericFlags = ["-O", "-wmo", "-num-threads", "2", "-disable-batch-mode"]
let numericSettings: [SwiftSetting] = [.unsafeFlags(numericFlags)]

/// What the kernels are built from: small functions, inlined where other targets call them. The compiler does not do so for
/// `package` declarations by itself, `@inlinable` or not.
let inlinedSettings: [SwiftSetting] = [.unsafeFlags(numericFlags + ["-enable-cmo-everything"])]

let package = Package(
  name: "quill",
  products: [
    .executable(name: "quill", targets: ["quill"]),
    .library(name: "Quill", targets: ["Quill"]),
  ],
  targets: [
    // MARK: System
    // zstd
    .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
    // zlib
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    // LAPACK, from OpenBLAS
    .systemLibrary(name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
    // line editing
    .systemLibrary(name: "CEdit", pkgConfig: "libedit", providers: [.apt(["libedit-dev"])]),
    // the limits of the process, looked at before its libraries start
    .target(name: "CStart"),
    // C intrinsics that Swift cannot spell, in a header
    .target(name: "CVector"),

    // MARK: Ground: no model, no text
    // numbers, tables and suggestions as people read them
    .target(name: "Formatting"),
    // processors, memory, clocks, signals
    .target(name: "Machine", dependencies: ["CVector"]),
    // counter-based random numbers: Philox, streams, Gaussians
    .target(name: "Randomness", swiftSettings: inlinedSettings),
    // checked bytes, hashes, atomic files and folders, JSON, CSV, safetensors, zstd
    .target(name: "Storage", dependencies: ["CVector", "CZstd", "CZlib", "Formatting"]),

    // MARK: Numbers: no files, no user's input; only the kernels are compiled unchecked
    // slabs, arenas, matrices, number formats, the pool of threads
    .target(name: "Compute", dependencies: ["CVector", "Machine", "Storage"], swiftSettings: inlinedSettings),
    // products, attention, layers, optimizers, each beside its plain reference
    .target(
      name: "Kernels", dependencies: ["CVector", "Compute", "Machine", "Randomness"],
      swiftSettings: kernelSettings),

    // MARK: Text: no model
    // byte pair encoding, characters, bytes; tokenizer.json
    .target(name: "Tokenization", dependencies: ["Formatting", "Storage"]),
    // a world of small stories whose entropy is known exactly
    .target(name: "Tales", dependencies: ["Randomness", "Storage"]),
    // text sources, documents, packing, token shards, the loader of batches
    .target(
      name: "Corpora",
      dependencies: ["Compute", "Formatting", "Machine", "Randomness", "Storage", "Tokenization"]),

    // MARK: Model: no loop
    // configurations, layers with forward beside backward, the decoder, model folders
    .target(
      name: "Transformer",
      dependencies: ["Compute", "Formatting", "Kernels", "Machine", "Randomness", "Storage"],
      swiftSettings: numericSettings),

    // MARK: Work: no terminal, no words of the command line
    // configuration, the loop, evaluation, checkpoints, metrics
    .target(
      name: "Training",
      dependencies: [
        "Compute", "Corpora", "Formatting", "Kernels", "Machine", "Randomness", "Storage", "Tokenization",
        "Transformer",
      ]),
    // choice of tokens, generation, conversation
    .target(
      name: "Sampling",
      dependencies: ["Formatting", "Kernels", "Randomness", "Storage", "Tokenization", "Transformer"]),
    // scores, novelty, calibration, a look inside the model
    .target(
      name: "Insight",
      dependencies: [
        "COpenBLAS", "CVector", "Compute", "Corpora", "Formatting", "Kernels", "Machine", "Randomness",
        "Storage",
        "Tales", "Tokenization", "Training", "Transformer",
      ],
      swiftSettings: numericSettings),
    // tables of runs, laws, fits, intervals, frontiers, diagnostics
    .target(
      name: "ScalingLaws", dependencies: ["COpenBLAS", "Formatting", "Randomness", "Storage"],
      swiftSettings: numericSettings),

    // MARK: Laboratory
    // plans of many runs, the runner, predictions
    .target(
      name: "Sweeps",
      dependencies: [
        "Compute", "Corpora", "Formatting", "Insight", "Kernels", "Machine", "ScalingLaws", "Storage",
        "Tokenization", "Training", "Transformer",
      ]),
    // gnuplot behind one door
    .target(name: "Figures", dependencies: ["Machine", "Storage"]),
    // loss curves, and the page about a sweep
    .target(
      name: "Reports",
      dependencies: [
        "Compute", "Figures", "Formatting", "Insight", "ScalingLaws", "Storage", "Sweeps", "Tokenization",
        "Training",
      ]),

    // MARK: Faces
    // the front door of the library: a model, tokenizers, a corpus, a training run, a fit
    .target(
      name: "Quill",
      dependencies: [
        "Compute", "Corpora", "Insight", "Machine", "Sampling", "ScalingLaws", "Storage", "Tokenization",
        "Training", "Transformer",
      ]),
    // what quill bench measures
    .target(
      name: "Benchmarking",
      dependencies: [
        "COpenBLAS", "CVector", "Compute", "Corpora", "Kernels", "Machine", "Randomness", "Storage", "Tales",
        "Tokenization", "Training", "Transformer",
      ]),
    // a small declarative parser of arguments
    .target(name: "CommandLineKit", dependencies: ["Formatting", "Machine"]),
    // lines typed at a terminal: editing, history, completion, pastes
    .target(name: "LineEditing", dependencies: ["CEdit", "Formatting", "Machine", "Storage"]),
    // the program: terminal, options, one file per command
    .executableTarget(
      name: "quill",
      dependencies: [
        "Benchmarking", "CStart", "CommandLineKit", "Compute", "Corpora", "Figures", "Formatting", "Insight",
        "Kernels", "LineEditing", "Machine", "Quill", "Reports", "Sampling", "ScalingLaws", "Storage", "Sweeps",
        "Tales", "Tokenization",
        "Training", "Transformer",
      ]),

    // MARK: Tests
    .target(
      name: "TestSupport", dependencies: ["Compute", "Kernels", "Machine", "Storage", "Transformer"],
      path: "Tests/TestSupport"),
    .target(name: "TerminalSpawner", path: "Tests/TerminalSpawner"),
    .target(name: "AllocationCounter", path: "Tests/AllocationCounter"),
    // the ten readers of files that may come from anywhere, each with an example to damage
    .target(
      name: "Readers",
      dependencies: [
        "Compute", "Corpora", "Insight", "Sampling", "ScalingLaws", "Storage", "Sweeps", "Tokenization",
        "Training", "Transformer",
      ],
      path: "Tests/Readers"),
    .testTarget(name: "ReaderTests", dependencies: ["Readers", "Storage", "TestSupport"]),
    .testTarget(name: "TestSupportTests", dependencies: ["Storage", "TestSupport"]),
    .testTarget(name: "FormattingTests", dependencies: ["Formatting"]),
    .testTarget(name: "MachineTests", dependencies: ["Machine", "TestSupport"]),
    .testTarget(name: "RandomnessTests", dependencies: ["Randomness", "TestSupport"]),
    .testTarget(name: "StorageTests", dependencies: ["Storage", "TestSupport"], exclude: ["Goldens"]),
    .testTarget(name: "ComputeTests", dependencies: ["Compute", "Storage", "TestSupport"]),
    .testTarget(
      name: "KernelsTests", dependencies: ["CVector", "Compute", "Kernels", "Machine", "TestSupport"],
      exclude: ["Goldens"],
      swiftSettings: kernelTestSettings),
    .testTarget(
      name: "TokenizationTests", dependencies: ["Storage", "TestSupport", "Tokenization"], exclude: ["Goldens"]),
    .testTarget(
      name: "TalesTests",
      dependencies: ["Randomness", "Storage", "Tales", "TestSupport"]),
    .testTarget(
      name: "CorporaTests",
      dependencies: ["Compute", "Corpora", "Storage", "Tales", "TestSupport", "Tokenization"]),
    .testTarget(
      name: "TransformerTests", dependencies: ["Compute", "Kernels", "Storage", "TestSupport", "Transformer"],
      exclude: ["Goldens"]),
    .testTarget(
      name: "TrainingTests",
      dependencies: [
        "Compute", "Corpora", "Kernels", "Randomness", "Storage", "Tales", "TestSupport", "Tokenization",
        "Training",
      ]),
    .testTarget(
      name: "AllocationTests",
      dependencies: ["AllocationCounter", "Compute", "TestSupport", "Training", "Transformer"]),
    .testTarget(
      name: "SamplingTests",
      dependencies: ["Compute", "Sampling", "Storage", "TestSupport", "Tokenization", "Transformer"],
      exclude: ["Goldens"]),
    .testTarget(
      name: "InsightTests",
      dependencies: [
        "Compute", "Corpora", "Insight", "Kernels", "Storage", "TestSupport", "Tokenization", "Training",
        "Transformer",
      ],
      exclude: ["Goldens"]),
    .testTarget(name: "ScalingLawsTests", dependencies: ["ScalingLaws", "Storage", "TestSupport"]),
    .testTarget(
      name: "SweepsTests",
      dependencies: [
        "Corpora", "Formatting", "Insight", "Randomness", "ScalingLaws", "Storage", "Sweeps", "TestSupport",
        "Tokenization", "Training", "Transformer",
      ]),
    .testTarget(
      name: "ReportsTests",
      dependencies: [
        "Figures", "Insight", "Randomness", "Reports", "ScalingLaws", "Storage", "Sweeps", "TestSupport",
        "Training",
      ]),
    .testTarget(name: "QuillTests", dependencies: ["Quill", "TestSupport"]),
    .testTarget(
      name: "BenchmarkingTests",
      dependencies: ["Benchmarking", "Compute", "TestSupport", "Tokenization", "Transformer"]),
    .testTarget(name: "LineEditingTests", dependencies: ["LineEditing", "Storage", "TestSupport"]),
    .testTarget(name: "CommandLineKitTests", dependencies: ["CommandLineKit", "Formatting"]),
    .testTarget(
      name: "quillTests",
      dependencies: ["Sampling", "Storage", "TerminalSpawner", "TestSupport", "Training", "quill"],
      exclude: ["Help"]),
  ]
)

// Without libedit's header, or with `QUILL_LIBEDIT=0`, the program is built without line editing: lines are read as they come.
let includes =
  ["/usr/include", "/usr/local/include", "/opt/homebrew/include"] + [Context.environment["QUILL_LIBEDIT"] ?? ""]
if Context.environment["QUILL_LIBEDIT"] == "0"
  || !includes.contains(where: { FileManager.default.fileExists(atPath: $0 + "/histedit.h") })
{
  package.targets.removeAll { $0.name == "CEdit" }
  package.targets.first { $0.name == "LineEditing" }?.dependencies.removeAll {
    if case .byNameItem("CEdit", _) = $0 { true } else { false }
  }
}

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

// Programs beside the main one, which need what is `package` and so cannot be packages of their own: `scripts/fuzz` and
// `QUILL_EXTRAS=1 swift run -c release coverage` build them.
if Context.environment["QUILL_EXTRAS"] != nil {
  package.targets += [
    .executableTarget(
      name: "fuzz", dependencies: ["Readers", "Storage"], path: "Fuzz",
      swiftSettings: [.unsafeFlags(["-parse-as-library"])],
      linkerSettings: [.unsafeFlags(["-sanitize=fuzzer"])]),
    .executableTarget(name: "coverage", dependencies: ["ScalingLaws"], path: "Benchmarks/coverage"),
  ]
}

import Compute
import Foundation
import Storage
import Training
import Transformer

extension Reader {
  private static let families = ModelConfiguration.Family.allCases

  /// A small model folder for each family, in `folder`/FAMILY.
  private static func makeModels(in folder: URL) throws {
    for family in families {
      let configuration = ModelConfiguration(
        family: family, layerCount: 1, headCount: 2, width: 8, contextLength: 8, vocabularySize: 11)
      let parameters = Slab<Float>(count: ParameterLayout(configuration).elementCount)
      for index in 0..<parameters.count { parameters.buffer[index] = Float(index % 7) / 8 }
      try AtomicFolder.publish(at: folder.appendingPathComponent("\(family)").path, keepingManifest: false) {
        (draft) throws(QuillError) in
        try HuggingFaceFolder.write(
          UnsafeBufferPointer(parameters.buffer), configuration, endOfTextID: 0, into: draft)
      }
    }
  }

  private static func readModels(in folder: URL) throws {
    for family in families { _ = try HuggingFaceFolder.load(folder.appendingPathComponent("\(family)").path) }
  }

  /// `config.json` of each family beside weights that are sound.
  package static let modelConfiguration = Reader(name: "config", kinds: [.badData, .missingInput]) { folder in
    try makeModels(in: folder)
    return families.map { "\($0)/config.json" }
  } read: { folder in
    try readModels(in: folder)
  }

  /// The weights of each family: as a model, and tensor by tensor.
  package static let safetensors = Reader(name: "safetensors", kinds: [.badData, .missingInput]) { folder in
    try makeModels(in: folder)
    return families.map { "\($0)/model.safetensors" }
  } read: { folder in
    for family in families {
      let file = try SafetensorsFile(folder.appendingPathComponent("\(family)/model.safetensors").path)
      for tensor in file.tensors { _ = file.bytes(of: tensor).reduce(0, { $0 &+ Int($1) }) }
    }
    try readModels(in: folder)
  }

  /// A run's folder, as far as a resume goes before it takes memory; then its weights, moments and metrics.
  package static let resumeState = Reader(name: "resume", kinds: [.badData, .missingInput, .usage]) { folder in
    let corpus = try packCorpus(in: folder)
    let options = TrainingOptions(
      corpus: corpus, output: folder.appendingPathComponent("run"),
      assignments: [
        "layers=1", "width=16", "heads=2", "context=8", "batch=2", "steps=4", "eval_every=2", "threads=1",
        "keep=1",
        "precision=fp32",
      ])
    _ = try TrainingRun(options, reporter: SilentReporter()).run(interruption: { nil })
    let step = "run/" + FilePath.name(of: RunFolder(options.output).checkpointPath(step: 4))
    return ["training/state.json", "training/optimizer.safetensors", "manifest.sha256", "tokenizer.json"].map {
      "\(step)/\($0)"
    }
      + ["run/metrics.jsonl"]
  } read: { folder in
    let run = folder.appendingPathComponent("run")
    let options = TrainingOptions(corpus: folder.appendingPathComponent("corpus"), output: run, resume: true)
    _ = try TrainingRun(options, reporter: SilentReporter())
    let model = try RunFolder.modelFolder(at: run)
    _ = try HuggingFaceFolder.load(model.path)
    _ = try SafetensorsFile(model.appendingPathComponent("training/optimizer.safetensors").path)
    _ = try MetricsFile.records(RunFolder(run).metricsPath)
  } goOn: { folder in
    let copy = folder.appendingPathComponent("copy")
    defer { try? FileManager.default.removeItem(at: copy) }
    try FileManager.default.copyItem(at: folder.appendingPathComponent("run"), to: copy)
    var options = TrainingOptions(
      corpus: folder.appendingPathComponent("corpus"), output: copy, assignments: ["steps=6", "warmup=0"],
      resume: true)
    options.measuresSpeed = false
    do {
      _ = try TrainingRun(options, reporter: SilentReporter()).run(interruption: { nil })
    } catch let error as QuillError where error.kind == .divergence {
      // A learning rate may be as high as it likes.
    }
  }
}

import Compute
import Corpora
import Foundation
import ScalingLaws
import Storage
import Tokenization
import Training

extension Reader {
  /// Sentences of a few words, enough to train on.
  static let text = (0..<400).map { number in
    let names = ["Ann", "Bob", "Cid", "Dörte"]
    return "\(names[number % 4]) sees \(names[number * 7 / 3 % 4]) and \(number % 13) birds.\n"
  }.joined()

  /// `tokenizer.json` of each kind, and what a model's folder says beside one of how texts begin and end; what was read must
  /// encode and decode.
  package static let tokenizer = Reader(name: "tokenizer", kinds: [.badData, .missingInput]) { folder in
    let trainer = BytePairTrainer(split: .gpt2)
    var text = text
    text.withUTF8 { trainer.add($0) }
    trainer.endText()
    let endOfText = [SpecialTokens.endOfTextName]
    let tokenizers: [(String, any Tokenizer)] = [
      ("pairs.json", trainer.train(vocabularySize: 320, specialTokens: endOfText)),
      ("bytes.json", ByteTokenizer()),
    ]
    for (name, tokenizer) in tokenizers {
      try AtomicFile.write(folder.appendingPathComponent(name).path, TokenizerFile.json(of: tokenizer))
    }
    let beside = [
      "config.json": #"{"eos_token_id": [256, 3], "bos_token_id": 256}"#,
      "generation_config.json": #"{"eos_token_id": null}"#,
      "special_tokens_map.json": #"{"eos_token": "a"}"#,
      "tokenizer_config.json": #"{"eos_token": {"content": "<|endoftext|>"}, "bos_token": "<|endoftext|>"}"#,
    ]
    let model = folder.appendingPathComponent("model").path
    try TokenizerFile.save(ByteTokenizer(), to: FilePath.join(model, TokenizerFile.name))
    for (name, text) in beside { try AtomicFile.write(FilePath.join(model, name), text) }
    return tokenizers.map(\.0) + beside.keys.sorted().map { "model/\($0)" }
  } read: { folder in
    let bounds = try TokenizerFile.load(folder.appendingPathComponent("model").path).bounds
    precondition((bounds.ends + [bounds.beginning ?? 0]).allSatisfy { $0 >= 0 && $0 < 257 })
    for name in ["pairs.json", "bytes.json"] {
      let tokenizer = try TokenizerFile.load(folder.appendingPathComponent(name).path)
      let ids = tokenizer.encode("Ann sees 12 birds. \u{1F426}<|endoftext|>")
      _ = ids.map { tokenizer.bytes(of: $0) }
      _ = tokenizer.canonicalForm()
    }
  }

  /// A JSON5 configuration, as far as the plan of a run: nothing large is taken, every number has been judged.
  package static let configuration = Reader(name: "configuration", kinds: [.badData, .missingInput, .usage]) {
    folder in
    _ = try packCorpus(in: folder)
    let text = """
      // A comment, and a trailing comma.
      {
        preset: 'tiny', /* and another */
        model: {layers: 2, "width": 32, heads: 2, context: 16, dropout: 0.1},
        train: {steps: 40, batch: 4, lr: 5e-3, min_lr: 0, warmup: 5, document_mask: true,},
        "train.seed": 7, eval_every: 10, threads: 1, precision: 'fp32',
      }

      """
    try AtomicFile.write(folder.appendingPathComponent("run.json5").path, text)
    return ["run.json5"]
  } read: { folder in
    let options = TrainingOptions(
      corpus: folder.appendingPathComponent("corpus"), output: folder.appendingPathComponent("run"),
      configurationFile: folder.appendingPathComponent("run.json5"), planOnly: true)
    _ = try TrainingRun(options, reporter: SilentReporter())
  }

  /// A CSV table, as far as rows of runs.
  package static let table = Reader(name: "table", kinds: [.badData, .missingInput, .usage]) { folder in
    let rows = (1...12).map { row in
      "\"run, \(row)\",\(row)e6,\(row * 20)e6,\(row * row * 120)e12,\(4 - Double(row) / 10),1e-3,128,1,grid,finished\r\n"
    }
    let text = "model,params,tokens,flops,val_loss,lr,batch,seed,role,status\n# a note\n" + rows.joined()
    try AtomicFile.write(folder.appendingPathComponent("runs.csv").path, text)
    return ["runs.csv"]
  } read: { folder in
    _ = try RunTable(CSVTable(file: folder.appendingPathComponent("runs.csv").path))
  }

  /// Packs the sentences into `folder`/corpus with bytes for tokens.
  static func packCorpus(in folder: URL) throws -> URL {
    let path = folder.appendingPathComponent("text.txt").path
    try AtomicFile.write(path, text)
    let corpus = folder.appendingPathComponent("corpus")
    _ = try CorpusPacker(inputs: [path], tokenizer: ByteTokenizer(), threadCount: 1).pack(to: corpus.path)
    return corpus
  }

  /// Shards, manifest and description of a corpus: opened, verified, and read to the last token.
  package static let corpus = Reader(name: "corpus", kinds: [.badData, .missingInput]) { folder in
    let corpus = try packCorpus(in: folder)
    return try FileManager.default.subpathsOfDirectory(atPath: corpus.path).sorted().map { "corpus/\($0)" }
      .filter { !$0.hasSuffix("/") && (try? Data(contentsOf: folder.appendingPathComponent($0))) != nil }
  } read: { folder in
    let corpus = try Corpus.open(folder.appendingPathComponent("corpus").path)
    _ = try corpus.firstLines(of: corpus.train)
    let windows = try EvaluationWindows(
      corpus.requireValidation(), windowLength: 16, tokenizer: ByteTokenizer())
    let loader = try BatchLoader(corpus.train, windowLength: 16, batchSize: 4, seed: 1)
    var batch = TokenBatch(windowCount: 4, length: 16, vocabularySize: corpus.description.vocabularySize)
    try loader.next(into: &batch)
    _ = try windows.read(0, into: &batch)
    _ = try corpus.verify()
  }
}

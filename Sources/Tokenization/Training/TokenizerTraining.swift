import Storage

/// Trains a tokenizer on files, folders (searched recursively, in sorted order) and standard input (`-`).
///
/// Each file is one text: no pair is counted across the end of a file. Files that end in `.gz` or `.zst` are read
/// uncompressed. The bytes tokenizer needs no text and reads none.
///
/// - Throws: `.usage` for options that cannot be; `.missingInput` where an input is not there; `.badData` where there is no
///   text.
public func trainTokenizer(
  on inputs: [String], options: TokenizerTrainingOptions,
  progress: (TokenizerTrainingProgress) -> Void = { _ in }
) throws(QuillError) -> TrainedTokenizer {
  let trainer = try TokenizerTrainer(options)
  if options.kind == .bytes { return try trainer.finish() }
  let files = try textFiles(in: inputs)
  let total = try totalByteCount(of: files)
  progress(.reading(byteCount: 0, of: total))
  var block = [UInt8](repeating: 0, count: 1 << 22)
  for file in files {
    let stream = try ByteStreams.open(file)
    while true {
      let count = try block.withMutableRawBytes { (bytes) throws(QuillError) in try stream.read(into: bytes) }
      if count == 0 { break }
      block.withUnsafeBufferPointer { trainer.add(UnsafeBufferPointer(rebasing: $0[..<count])) }
      progress(.reading(byteCount: trainer.byteCount, of: total))
    }
    trainer.endText()
  }
  return try trainer.finish(progress: progress)
}

/// The files that `inputs` name, folders replaced by what they hold; hidden files in folders are left out.
private func textFiles(in inputs: [String]) throws(QuillError) -> [String] {
  var files: [String] = []
  for input in inputs {
    guard input != "-", FilePath.isFolder(input) else {
      files.append(input)
      continue
    }
    for name in try FilePath.listFilesRecursively(input)
    where !name.split(separator: "/").contains(where: { $0.hasPrefix(".") }) {
      files.append(FilePath.join(input, name))
    }
  }
  return files
}

/// The bytes to be read, or nil where that is not known beforehand.
private func totalByteCount(of files: [String]) throws(QuillError) -> Int? {
  var total = 0
  for file in files {
    if file == "-" || ByteStreams.uncompressedName(file) != file { return nil }
    total += try FilePath.byteCount(of: file)
  }
  return total
}

extension CorpusSplit {
  /// Writes for every token of a window where in the window its document begins: 0 where it began before.
  ///
  /// - Parameters:
  ///   - start: the first token of the window, which must lie inside the split as far as `output` goes.
  ///   - output: receives one index for every token.
  func copyDocumentStarts(ofWindowAt start: Int, into output: UnsafeMutableBufferPointer<Int32>) {
    precondition(start >= 0 && start + output.count <= tokenCount, "a window outside the split")
    let end = start + output.count
    var written = 0
    var document = 0
    for shard in shards where shard.header.firstToken < end {
      let first = shard.header.firstToken
      if first + shard.header.tokenCount <= start { continue }
      // The first document that begins after the window's first token.
      var (low, high) = (0, shard.documents.count)
      while low < high {
        let middle = (low + high) / 2
        if first + Int(shard.documents[middle]) > start { high = middle } else { low = middle + 1 }
      }
      while low < shard.documents.count, first + Int(shard.documents[low]) < end {
        let next = first + Int(shard.documents[low]) - start
        output[written..<next].update(repeating: Int32(document))
        (written, document) = (next, next)
        low += 1
      }
    }
    output[written...].update(repeating: Int32(document))
  }
}

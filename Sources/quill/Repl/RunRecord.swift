import Storage

/// What the record of a model's run says.
enum RunRecord {
  private static let name = "run.json"

  /// The corpus that a run was trained on, found from here or from the run's folder; nil where no record names one that is there.
  ///
  /// - Parameter paths: folders of the run or of its checkpoints.
  /// - Throws: `QuillError` where a record is damaged, or names a corpus that is not there.
  static func corpus(ofModelAt paths: String...) throws(QuillError) -> String? {
    for path in paths {
      for folder in [path, FilePath.parent(of: path)] {
        let record = FilePath.join(folder, name)
        guard FilePath.isRegularFile(record) else { continue }
        let node = try JSONNode(file: record)
        guard let corpus = try node.valueIfPresent("corpus", as: JSONNode.self) else { continue }
        let named: String = try corpus.value("path")
        let places = named.hasPrefix("/") ? [named] : [named, FilePath.join(folder, named)]
        if let found = places.first(where: { FilePath.isFolder($0) }) { return found }
        throw QuillError(
          .missingInput, at: record, "names the corpus \(named), which is not there",
          remedy: "Name it with \(Vocabulary.parameter("corpus", "FOLDER")).")
      }
    }
    return nil
  }
}

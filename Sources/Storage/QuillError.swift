/// What went wrong with a user's input or a file, said so that the user can mend it.
///
///     throw QuillError(.badData, at: "corpora/tales/train-00003.qtok, frame 7, byte 1,048,576",
///       "checksum mismatch (expected 9f3c…, found 02aa…)", remedy: "Re-create it with \(Vocabulary.task(.packCorpus())).")
///
/// The description reads *place: problem. Remedy* on one line; the kind decides the exit code.
public struct QuillError: Error, Sendable, Equatable {
  /// The family of failure, in the sense of sysexits(3).
  public enum Kind: String, Sendable, Equatable, CaseIterable {
    /// The caller asked for something that cannot be (exit code 64).
    case usage
    /// A file or a text exists but does not hold what it should (65).
    case badData
    /// A computation has left the finite numbers, as a training run whose loss grows without bound (65).
    case divergence
    /// A named file or folder does not exist or cannot be opened (66).
    case missingInput
    /// A defect of Quill itself (70).
    case `internal`
    /// The system refused to read or write (74).
    case inputOutput
  }

  /// The family of the failure.
  public let kind: Kind
  /// The file and the place in it, or the option, that the problem is about.
  public let place: String
  /// What was expected and what was found.
  public let problem: String
  /// What the user can do about it; a whole sentence, or empty where nothing helps.
  public let remedy: String

  /// An error at a place; see the properties.
  public init(_ kind: Kind, at place: String, _ problem: String, remedy: String = "") {
    self.kind = kind
    self.place = place
    self.problem = problem
    self.remedy = remedy
  }
}

extension QuillError: CustomStringConvertible {
  /// *place: problem. Remedy*, on one line.
  public var description: String {
    let statement = place.isEmpty ? problem : "\(place): \(problem)"
    guard !remedy.isEmpty else { return statement }
    return statement + (statement.hasSuffix(".") ? " " : ". ") + remedy
  }
}

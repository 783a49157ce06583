import Foundation
import Storage

@testable import Tokenization

/// What Hugging Face `tokenizers` does; made by `scripts/peers/make_tokenizer_goldens.py`.
struct Goldens {
  struct Split {
    let text: String
    /// The lengths in bytes of the pieces, by pattern.
    let lengths: [SplitPattern: [Int]]
  }

  struct Training {
    let merges: [[String]]
    /// The ids of the training text followed by the suffix.
    let ids: [TokenID]
  }

  let splits: [Split]
  let trainingText: String
  let encodedSuffix: String
  let trained: [SplitPattern: Training]

  init() throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Goldens/tokenizers.json")
    let root = try JSONNode(file: file.path)
    splits = try root.value("splits", as: [JSONNode].self).map { node in
      Split(
        text: try node.value("text"),
        lengths: [.gpt2: try node.value("gpt2"), .gpt4: try node.value("gpt4")])
    }
    trainingText = try root.value("training_text")
    encodedSuffix = try root.value("encoded_suffix")
    let node: JSONNode = try root.value("trained")
    trained = try Dictionary(
      uniqueKeysWithValues: SplitPattern.allCases.map { split in
        let training: JSONNode = try node.value(split.rawValue)
        return (
          split,
          Training(
            merges: try training.value("merges"),
            ids: try training.value("ids", as: [Int].self).map(TokenID.init))
        )
      })
  }
}

/// Trains on one text.
func train(
  _ text: String, split: SplitPattern = .gpt4, size: Int,
  specialTokens: [String] = [SpecialTokens.endOfTextName]
) -> BytePairTokenizer {
  let trainer = BytePairTrainer(split: split)
  Array(text.utf8).withUnsafeBufferPointer { trainer.add($0) }
  trainer.endText()
  return trainer.train(vocabularySize: size, specialTokens: specialTokens)
}

import Foundation
import Randomness
import Storage
import TestSupport

@testable import Training

/// A small corpus in memory: a noisy cycle over a few tokens, which a model learns in a few steps.
struct MemoryData: TrainingData {
  let path = "memory"
  var identity = "cycle-1"
  let vocabularySize: Int
  let endOfTextID: Int? = 0
  let training: [Int32]
  let validation: [Int32]
  var entropyFloorInBitsPerByte: Double? = 0.25
  /// Documents begin at multiples of it; nil for one document.
  var documentLength: Int?

  var trainingTokens: Int { training.count }
  var validationTokens: Int { validation.count }
  var trainingDocuments: Int { documentLength.map { (training.count - 1) / $0 + 1 } ?? 1 }

  init(vocabularySize: Int = 17, trainingTokens: Int = 4000, validationTokens: Int = 500, seed: UInt64 = 1) {
    self.vocabularySize = vocabularySize
    var generator = SeededGenerator(seed: seed)
    var token: Int32 = 1
    let all = (0..<trainingTokens + validationTokens).map { _ in
      token = (token + (generator.next() % 10 == 0 ? 5 : 1)) % Int32(vocabularySize)
      return token
    }
    training = Array(all.prefix(trainingTokens))
    validation = Array(all.suffix(validationTokens))
  }

  func requireWindows(of length: Int) throws {
    guard training.count > length, validation.count > 1 else {
      throw QuillError(.badData, at: path, "too short for a window of \(length)")
    }
  }

  func trainingBatches(
    windowLength: Int, batchSize: Int, seed: UInt64, startingAt window: Int
  ) throws -> any TrainingBatches {
    Batches(
      tokens: training, documentLength: documentLength, windowLength: windowLength, batchSize: batchSize,
      seed: seed, next: window)
  }

  func validationWindows(windowLength: Int) throws -> any ValidationWindows {
    Windows(tokens: validation, documentLength: documentLength, windowLength: windowLength)
  }

  func tokenizerFiles(contextLength: Int) -> [(name: String, bytes: [UInt8])] {
    [("tokenizer.json", Array("{}".utf8)), ("tokenizer_config.json", Array("{}".utf8))]
  }

  /// Where in its window the document of a position begins.
  static func documentStart(of index: Int, inWindowAt start: Int, documentLength: Int?) -> Int32 {
    Int32(max(0, documentLength.map { (start + index) / $0 * $0 - start } ?? 0))
  }

  final class Batches: TrainingBatches {
    let tokens: [Int32]
    let documentLength: Int?
    let windowLength, batchSize: Int
    let seed: UInt64
    var number: Int

    init(
      tokens: [Int32], documentLength: Int?, windowLength: Int, batchSize: Int, seed: UInt64, next: Int
    ) {
      self.documentLength = documentLength
      (self.tokens, self.windowLength, self.batchSize, self.seed) = (tokens, windowLength, batchSize, seed)
      number = next
    }

    func next(
      into inputs: UnsafeMutableBufferPointer<Int32>, targets: UnsafeMutableBufferPointer<Int32>,
      documentStarts: UnsafeMutableBufferPointer<Int32>?
    ) throws {
      for row in 0..<batchSize {
        let start = Int(SplitMix64.mix(seed, UInt64(number)) % UInt64(tokens.count - windowLength))
        for index in 0..<windowLength {
          inputs[row * windowLength + index] = tokens[start + index]
          targets[row * windowLength + index] = tokens[start + index + 1]
          documentStarts?[row * windowLength + index] = MemoryData.documentStart(
            of: index, inWindowAt: start, documentLength: documentLength)
        }
        number += 1
      }
    }
  }

  struct Windows: ValidationWindows {
    let tokens: [Int32]
    let documentLength: Int?
    let windowLength: Int
    var count: Int { (tokens.count - 2 + windowLength) / windowLength }

    func read(
      _ first: Int, rowCount: Int, into inputs: UnsafeMutableBufferPointer<Int32>,
      targets: UnsafeMutableBufferPointer<Int32>, documentStarts: UnsafeMutableBufferPointer<Int32>?
    ) throws -> Int {
      var byteCount = 0
      for index in 0..<rowCount * windowLength {
        let position = first * windowLength + index
        let isThere = position + 1 < tokens.count
        inputs[index] = isThere ? tokens[position] : 0
        targets[index] = isThere ? tokens[position + 1] : -1
        documentStarts?[index] = MemoryData.documentStart(
          of: index % windowLength, inWindowAt: position - index % windowLength, documentLength: documentLength)
        byteCount += isThere ? 2 : 0
      }
      return byteCount
    }
  }
}

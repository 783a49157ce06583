// A server's loop: reads requests from standard input, a line each, and answers each with a line: AnswerRequests MODEL
import Foundation
import Quill

/// One model for many clients: the actor hands it from one to the next.
actor Writer {
  private let model: LanguageModel

  init(_ folder: String) throws { model = try LanguageModel(folder) }

  /// `complete TEXT` writes on until the end of the line, `score TEXT` says how likely the text is.
  func answer(_ request: String) async -> String {
    let words = request.split(separator: " ", maxSplits: 1).map(String.init)
    do {
      switch (words.first, words.dropFirst().first) {
      case ("complete", let prompt?):
        var answer = ""
        let settings = SamplingSettings(temperature: 0)
        for try await piece in model.generate(prompt, settings, tokenLimit: 30, stops: ["\n"]) {
          answer += piece
        }
        return "ok " + prompt + answer
      case ("score", let text?):
        return try model.score(text).bitsPerByte! < 4 ? "ok likely" : "ok unlikely"
      default: return "error: expected 'complete TEXT' or 'score TEXT'"
      }
    } catch { return "error: \(error)" }
  }
}

let writer = try Writer(CommandLine.arguments[1])
while let request = readLine() { print(await writer.answer(request)) }

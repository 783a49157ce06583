import CommandLineKit
import Figures
import Formatting
import Insight
import Quill
import Reports
import Sampling
import Storage
import Tokenization

extension ReplSession {
  /// Tokens that a list names.
  private static let mostTokens = 12

  /// The tokens that the model has in view.
  private var view: [TokenID] {
    conversation.view(of: conversation.context(at: conversation.story.current))
  }

  /// The words of an argument but for `--figure FILE`, and the file.
  private func figure(_ argument: String) throws -> (words: [String], file: String?) {
    var words = replWords(argument)
    guard let index = words.firstIndex(of: "--figure") else { return (words, nil) }
    guard words.indices.contains(index + 1) else {
      throw ReplSettings.Mistake(message: "--figure takes the name of a file that ends with .svg or .png.")
    }
    let file = replPath(words[index + 1])
    words.removeSubrange(index...index + 1)
    return (words, file)
  }

  private func draw(_ figure: Figure, to file: String?) throws {
    guard let file else { return }
    do { try figure.draw(to: file) } catch let failure as DrawingFailure {
      return screen.say("\(file) was not drawn: \(failure.problem). \(failure.remedy)")
    }
    screen.say("Drawn in \(file).")
  }

  func attend(_ argument: String) throws {
    let (words, file) = try figure(argument)
    guard (1...2).contains(words.count) else { return screen.answer(ReplVerb.attend.help) }
    let numbers = try zip(["LAYER", "HEAD"], words).map {
      try ReplSettings.argument($0, $1, .within(0...65_535))
    }
    let head = numbers.count == 2 ? numbers[1] : nil
    let tokens = view
    let found = try model.loaded.attention(of: tokens, layer: numbers[0], head: head)
    let seen = Array(tokens[found.firstToken...])
    let order = found.weights.indices.sorted { (found.weights[$1], $0) < (found.weights[$0], $1) }
    let largest = found.weights.max() ?? 1
    var rows = [["token", "weight", ""]]
    for index in order.prefix(Self.mostTokens) {
      let weight = found.weights[index]
      let bar = String(repeating: "█", count: Int((20 * weight / largest).rounded()))
      rows.append([
        "\(index + 1)", Quantity.decimals(weight, 4), shownToken(seen[index], tokenizer), bar,
        index + 1 == seen.count ? "itself" : "",
      ])
    }
    let place = "layer \(numbers[0]), " + (head.map { "head \($0)" } ?? "the mean of all heads")
    screen.answer(
      "Token \(seen.count), \(shownToken(seen[seen.count - 1], tokenizer)), in \(place):\n"
        + Table(rows, alignments: [.right, .right]).rendered())
    let texts = seen.map { tokenizer.shownText(of: $0) }
    try draw(TextFigures.attention(found, tokens: texts, layer: numbers[0], head: head), to: file)
  }

  func lens(_ argument: String) throws {
    let (words, file) = try figure(argument)
    guard words.isEmpty else { return screen.answer(ReplVerb.lens.help) }
    let views = try model.loaded.lens(of: view)
    let rows = views.map { view in
      [view.layer == 0 ? "embedding" : "\(view.layer)"]
        + view.predictions.map { "\(shownToken($0.id, tokenizer)) \(Quantity.decimals($0.probability, 3))" }
    }
    screen.answer(
      "The likeliest next tokens after each layer:\n" + Table(rows, alignments: [.right]).rendered())
    try draw(TextFigures.lens(views) { tokenizer.shownText(of: $0) }, to: file)
  }
}

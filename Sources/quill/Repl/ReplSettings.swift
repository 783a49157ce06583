import CommandLineKit
import Formatting
import Sampling
import Storage

/// The settings of a conversation by their names: those of the options.
enum ReplSettings {
  private struct Setting: Sendable {
    let name: String
    let show: @Sendable (Conversation.Settings) -> String
    let set: @Sendable (inout Conversation.Settings, String) throws -> Void
  }

  static let names = all.map(\.name)

  private static let all: [Setting] = [
    number("temperature", \.sampling.temperature, .within(0...1e6)),
    optional("top-k", \.sampling.topK) { try whole($0, .within(1...SizeLimits.vocabulary.high)) },
    optional("top-p", \.sampling.topP) { try number($0, .above(0, atMost: 1)) },
    optional("min-p", \.sampling.minP) { try number($0, .within(0...1)) },
    optional("typical-p", \.sampling.typicalP) { try number($0, .above(0, atMost: 1)) },
    number("repetition-penalty", \.sampling.repetitionPenalty, .within(0.01...100), off: 1),
    number("presence-penalty", \.sampling.presencePenalty, .within(-100...100), off: 0),
    number("frequency-penalty", \.sampling.frequencyPenalty, .within(-100...100), off: 0),
    texts("ban-string", \.sampling.bannedStrings),
    Setting(name: "seed", show: { "\($0.sampling.seed)" }) { $0.sampling.seed = try seed($1) },
    Setting(name: "tokens", show: { "\($0.tokenCount)" }) {
      $0.tokenCount = try whole($1, Conversation.Settings.tokenCounts)
    },
    texts("stop", \.stops),
    Setting(name: "alternatives", show: { "\($0.alternativeCount)" }) {
      $0.alternativeCount = try whole($1, Conversation.Settings.alternativeCounts)
    },
  ]

  /// A value that cannot be.
  struct Mistake: Error {
    let message: String
  }

  /// Changes one setting.
  ///
  /// - Throws: `Mistake` in a sentence.
  static func set(_ name: String, _ value: String, in settings: inout Conversation.Settings) throws {
    guard let setting = all.first(where: { $0.name == name }) else {
      let suggestion = NearestName.suggestion(for: name, among: names).map { " Did you mean '\($0)'?" } ?? ""
      throw Mistake(
        message: "There is no setting '\(name)'.\(suggestion) There are \(names.joined(separator: ", ")).")
    }
    do { try setting.set(&settings, value) } catch let mistake as Mistake {
      throw Mistake(message: "\(name) takes \(mistake.message).")
    }
  }

  static func rows(_ settings: Conversation.Settings) -> [[String]] {
    all.map { [$0.name, $0.show(settings)] }
  }

  // MARK: Kinds of values

  private static func number(
    _ name: String, _ path: WritableKeyPath<Conversation.Settings, Double> & Sendable,
    _ range: NumberRange<Double>,
    off: Double? = nil
  ) -> Setting {
    Setting(name: name, show: { NumberRange.text($0[keyPath: path]) }) { settings, text in
      if let off, text == "off" {
        settings[keyPath: path] = off
      } else {
        settings[keyPath: path] = try number(text, range)
      }
    }
  }

  private static func optional<Value: CustomStringConvertible & Sendable>(
    _ name: String, _ path: WritableKeyPath<Conversation.Settings, Value?> & Sendable,
    _ read: @escaping @Sendable (String) throws -> Value
  ) -> Setting {
    Setting(name: name, show: { $0[keyPath: path].map { "\($0)" } ?? "off" }) { settings, text in
      do { settings[keyPath: path] = text == "off" ? nil : try read(text) } catch let mistake as Mistake {
        throw Mistake(message: mistake.message + ", or 'off'")
      }
    }
  }

  /// One text, or with a plus sign before it one more.
  private static func texts(_ name: String, _ path: WritableKeyPath<Conversation.Settings, [String]> & Sendable)
    -> Setting
  {
    Setting(
      name: name,
      show: { settings in
        let texts = settings[keyPath: path]
        return texts.isEmpty ? "off" : texts.map { "'\(escaped($0))'" }.joined(separator: " ")
      }
    ) { settings, text in
      guard !text.isEmpty else { throw Mistake(message: "a text, '+' and one text more, or 'off'") }
      if text == "off" {
        settings[keyPath: path] = []
      } else if text.hasPrefix("+"), text != "+" {
        settings[keyPath: path].append(unescaped(String(text.dropFirst())))
      } else {
        settings[keyPath: path] = [unescaped(text)]
      }
    }
  }

  private static func number(_ text: String, _ range: NumberRange<Double>) throws -> Double {
    guard let value = Double(argument: text), range.contains(value) else {
      throw Mistake(message: range.expectation)
    }
    return value
  }

  private static func whole(_ text: String, _ range: NumberRange<Int>) throws -> Int {
    guard let value = Int(argument: text), range.contains(value) else {
      throw Mistake(message: range.expectation)
    }
    return value
  }

  /// A number that a command takes.
  ///
  /// - Throws: `Mistake` that names it.
  static func argument(_ name: String, _ text: String, _ range: NumberRange<Int>) throws -> Int {
    do { return try whole(text, range) } catch let mistake as Mistake {
      throw Mistake(message: "\(name) is \(mistake.message), found '\(text)'.")
    }
  }

  private static func seed(_ text: String) throws -> UInt64 {
    guard let value = UInt64(text) else { throw Mistake(message: "a whole number from 0 to \(UInt64.max)") }
    return value
  }

  private static func escaped(_ text: String) -> String {
    Escaped.line(text.replacing("\\", with: "\\\\").replacing("\n", with: "\\n").replacing("\t", with: "\\t"))
  }

  private static func unescaped(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    var isEscaped = false
    for scalar in text.unicodeScalars {
      if isEscaped {
        result.append(scalar == "n" ? "\n" : scalar == "t" ? "\t" : scalar)
        isEscaped = false
      } else if scalar == "\\" {
        isEscaped = true
      } else {
        result.append(scalar)
      }
    }
    return String(result)
  }
}

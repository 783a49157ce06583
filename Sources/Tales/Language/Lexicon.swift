/// All words that slots can hold, as bytes ready to be written.
struct Lexicon: Sendable {
  static let shared = Lexicon()

  /// `words[class][word * formCount + form]`.
  private let words: [[[UInt8]]]
  private let formCounts: [Int]
  /// `adjectives[word * 3 + form]`, each with the space after it; the forms are plain, with article, title case.
  private let adjectives: [[UInt8]]

  /// The form of a thing without its adjective.
  static let nounForm = 3
  private static let adjectiveFormCount = 3

  var adjectiveCount: Int { adjectives.count / Self.adjectiveFormCount }

  func adjective(_ word: Int, _ form: Int) -> [UInt8] { adjectives[word &* Self.adjectiveFormCount &+ form] }

  func text(_ kind: WordClass, _ word: Int, _ form: Int) -> [UInt8] {
    words[kind.rawValue][word &* formCounts[kind.rawValue] &+ form]
  }

  /// The number of a word of a class, by its first form.
  func word(_ kind: WordClass, _ name: String) -> Int {
    guard
      let word = (0..<count(kind)).first(where: { text(kind, $0, 0).elementsEqual(name.utf8) })
    else {
      preconditionFailure("there is no \(kind) '\(name)'")
    }
    return word
  }

  func count(_ kind: WordClass) -> Int { words[kind.rawValue].count / formCounts[kind.rawValue] }

  private init() {
    var table = [[[UInt8]]](repeating: [], count: WordClass.allCases.count)
    func add(_ kind: WordClass, _ forms: [String]) {
      precondition(forms.count == kind.forms.count, "\(kind): found \(forms.count) forms in \(forms)")
      table[kind.rawValue] += forms.map { Array($0.utf8) }
    }
    func pronouns(_ isFemale: Bool) -> [String] {
      isFemale ? ["she", "her", "her", "She", "Her"] : ["he", "him", "his", "He", "His"]
    }
    for (name, isFemale) in Self.children {
      add(.child, [name] + pronouns(isFemale) + [isFemale ? "girl" : "boy"])
    }
    for (name, isFemale) in Self.elders {
      add(.elder, [name] + pronouns(isFemale) + [isFemale ? "woman" : "man"])
    }
    for (name, kind, isFemale) in Self.pets { add(.pet, [name] + pronouns(isFemale) + [kind]) }
    for noun in Self.belongings + Self.trinkets { add(.thing, [noun, noun, Self.titleCased(noun), noun]) }
    let places = Self.countryside + Self.village + Self.rooms
    let spots = Self.roomSpots + Self.hideouts + Self.cups + [Self.snowman]
    for (index, (preposition, noun)) in (places + spots).enumerated() {
      let at = "\(preposition) the \(noun)"
      let into = ["in": "into", "on": "onto"][preposition] ?? preposition
      let to = (index < places.count ? "to" : into) + " the \(noun)"
      add(.place, [noun, at, to, Self.capitalised(at), Self.titleCased(noun)])
    }
    add(.place, ["home", "at home", "home", "At home", "Home"])
    table[WordClass.spot.rawValue] = table[WordClass.place.rawValue]
    for (one, many) in Self.farmGoods + Self.bakedGoods + Self.finds {
      add(.goods, [many, one, Self.article(one) + one, Self.titleCased(many)])
    }
    for (value, word) in Self.numbers.enumerated() {
      add(
        .number,
        [word, Self.capitalised(word)] + (value == 1 ? ["was", "is", "it"] : ["were", "are", "them"]))
    }
    words = table
    formCounts = WordClass.allCases.map(\.forms.count)
    adjectives = Self.adjectiveWords.flatMap { word in
      ["\(word) ", "\(Self.article(word))\(word) ", "\(Self.capitalised(word)) "].map { Array($0.utf8) }
    }
  }

  private static func article(_ word: String) -> String { "aeiou".contains(word.first!) ? "an " : "a " }
  private static func capitalised(_ word: String) -> String { word.prefix(1).uppercased() + word.dropFirst() }
  private static func titleCased(_ words: String) -> String {
    words.split(separator: " ").map { capitalised(String($0)) }.joined(separator: " ")
  }
}

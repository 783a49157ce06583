import Storage
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(20))) struct JSONTests {
  @Test func documentIsReadAndWrittenInOrder() throws {
    let text = #"{"z":[1,-2.5,true,null,"a\"b\\\n\u00e9\ud83d\ude00"],"a":{},"m":{"k":[]}}"#
    let value = try JSONValue.parse(text, place: "test")
    #expect(value.compactText == #"{"z":[1,-2.5,true,null,"a\"b\\\né😀"],"a":{},"m":{"k":[]}}"#)
    #expect(try JSONValue.parse(value.prettyText, place: "test") == value)
  }

  @Test func prettyTextIsIndentedByTwo() {
    let value: JSONValue = ["a": [1, 2], "b": [:], "c": ["d": nil]]
    #expect(
      value.prettyText == """
        {
          "a": [
            1,
            2
          ],
          "b": {},
          "c": {
            "d": null
          }
        }

        """)
  }

  @Test func integersStayExact() throws {
    let text = "[9007199254740993,-9223372036854775808,18446744073709551615,1000000000000000019884624838656]"
    let value = try JSONValue.parse(text, place: "test")
    #expect(value.compactText == text)
    let node = JSONNode(value, place: "test")
    let elements = try node.elements()
    #expect(try UInt64(json: elements[2]) == .max)
    #expect(try Int(json: elements[0]) == 9_007_199_254_740_993)
    #expect(throws: QuillError.self) { try Int(json: elements[2]) }
    #expect(try Double(json: elements[3]) == 1e30)
  }

  @Test func numbersReadBackEqual() throws {
    for number in [0.1, 1e-3, 1e300, -2.5e-8, 0x1p-1074, 123456789.125] {
      #expect(try JSONValue.parse(JSONValue(number).compactText, place: "test") == .number(number))
    }
    #expect(JSONValue(Float(0.1)).compactText == "0.1")
    #expect(JSONValue.number(.nan).compactText == "null")
  }

  @Test(arguments: [
    (#"{"a":1,"a":2}"#, "occurs twice"), (#"{"a":1} x"#, "after the end"), ("", "text ends"),
    ("[1,]", "expected a value"), ("[1 2]", "expected ','"), (#"{"a" 1}"#, "expected ':'"),
    ("{a:1}", "quotation"),
    ("01", "begin with 0"), ("1.", "digit"), (".5", "expected a value"), ("+1", "expected a value"),
    ("1e", "digit"), ("1e999", "too large"), ("-", "digit"), ("tru", "expected true"),
    ("NaN", "finite"), ("[-Infinity]", "column 2: JSON: expected a finite number"), ("+nan", "finite"),
    (#""abc"#, "does not end"), ("\"a\nb\"", "control character"), (#""\x""#, "unknown escape"),
    (#""\u12g4""#, "hexadecimal"), (#""\ud800""#, "surrogate"), (#""\udc00""#, "surrogate"),
    (#""\ud800\u0041""#, "surrogate"), ("\u{FEFF}{}", "expected a value"), ("{} {}", "after the end"),
    (#"{"a":1,}"#, "quotation"), ("[1", "expected ','"), ("'a'", "expected a value"),
    ("// c\n1", "expected a value"),
  ])
  func malformedTextIsRejected(text: String, message: String) {
    expectError(.badData, containing: "test", message) { _ = try JSONValue.parse(text, place: "test") }
  }

  @Test func json5IsReadIntoTheSameValues() throws {
    let text = """
      // A comment,
      { /* another */ a: +1, $b_2: .5, 'c"': 5., "d": -1.5e3, e: [1, 'it\\'s',], f: {}, g: true, h: null, }
      """
    let value: JSONValue = [
      "a": 1, "$b_2": 0.5, "c\"": 5.0, "d": -1500.0, "e": [1, "it's"], "f": [:], "g": true, "h": nil,
    ]
    #expect(try JSONValue.parse(text, place: "test", as: .json5) == value)
    // All of JSON is JSON5.
    #expect(try JSONValue.parse(value.prettyText, place: "test", as: .json5) == value)
    expectError(.badData, containing: "line 1") { _ = try JSONValue.parse(text, place: "test") }
  }

  @Test(arguments: [
    ("{a: 1, 'a': 2}", "line 1, column 8", "occurs twice"), ("{a: 0x10}", "column 5", "hexadecimal"),
    ("{a: 1\n b: 2}", "line 2, column 2", "expected ','"), ("{a: Infinity}", "column 5", "finite"),
    ("{a: NaN}", "column 5", "finite"), ("{a: nan}", "column 5", "finite"), ("{a: -nan}", "column 5", "finite"),
    ("{a: -NaN}", "column 5", "finite"), ("{a: +nan}", "column 5", "finite"),
    ("{a: inf}", "column 5", "finite"),
    ("{a: -inf}", "column 5", "finite"), ("{a: -Infinity}", "column 5", "finite"),
    ("{a: -nan(ind)}", "column 5", "finite"), ("{a: 1.#QNAN}", "column 7", "expected ','"),
    ("{a: -1.#IND}", "column 8", "expected ','"), ("{a: nul}", "column 5", "expected null"),
    ("{1a: 2}", "column 2", "expected a key"),
    ("{a: .}", "column 6", "digit"),
    ("{a: 1} b", "column 8", "after the end"), ("/* a", "column 1", "does not end"), ("{,}", "column 2", "key"),
    ("[,]", "column 2", "expected a value"), ("[1,,]", "column 4", "expected a value"),
    ("{a: +}", "column 6", "digit"),
    ("{a: 'b\nc'}", "column 7", "control character"), ("", "column 1", "text ends"),
  ])
  func malformedJSON5IsRejected(text: String, place: String, message: String) throws {
    expectError(.badData, containing: place, "JSON5: ", message) {
      _ = try JSONValue.parse(text, place: "test", as: .json5)
    }
  }

  @Test func json5ThatIsNoUTF8IsRejected() {
    for text: [UInt8] in [
      Array("{clip".utf8) + [0xFF, 0xFF, 0xFF, 0xFF] + Array(",\n}\n".utf8),
      Array("{'".utf8) + [0xFF] + Array("': 1}".utf8),
      [0xFF, 0xFE],
    ] {
      expectError(.badData, containing: "line 1", "JSON5") {
        _ = try JSONValue.parse(text, place: "test", as: .json5)
      }
    }
  }

  @Test func whatIsNotFiniteIsNullAndReadAsWhatItStandsFor() throws {
    for value in [Double.nan, .infinity, -.infinity] {
      #expect(JSONValue(value) == .null && value.json == .null)
    }
    #expect(JSONValue(1.5) == .number(1.5) && JSONValue(nil as Double?) == .null)
    let node = JSONNode(["a": nil, "b": 2, "c": "x", "e": -1], place: "test")
    func number(_ key: String) throws(QuillError) -> Double {
      try node.number(key, in: .within(0...9), otherwise: .infinity)
    }
    #expect(try number("a") == .infinity && number("b") == 2)
    expectError(.badData, containing: "key c", "a number") { _ = try number("c") }
    expectError(.badData, containing: "'d' is missing") { _ = try number("d") }
    expectError(.badData, containing: "key e", "from 0 to 9") { _ = try number("e") }
  }

  @Test func invalidUTF8IsRejected() {
    for bytes: [UInt8] in [
      [0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x82],
    ] {
      expectError(.badData, containing: "UTF-8") {
        _ = try JSONValue.parse([0x22] + bytes + [0x22], place: "test")
      }
    }
  }

  @Test func nestingIsLimited() throws {
    let limit = JSONValue.depthLimit
    func nested(_ depth: Int) -> String {
      String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }
    _ = try JSONValue.parse(nested(limit), place: "test")
    expectError(.badData, containing: "deeper than") {
      _ = try JSONValue.parse(nested(limit + 1), place: "test")
    }
  }

  @Test func errorsNameLineAndColumn() {
    expectError(.badData, containing: "f.json, line 2, column 8") {
      _ = try JSONValue.parse("{\n  \"a\": x}", place: "f.json")
    }
  }

  @Test func accessorsNameFileAndKeyPath() throws {
    let root = JSONNode(["model": ["layers": "four", "merges": [1, "a"]]], place: "config.json")
    let model: JSONNode = try root.value("model")
    expectError(.badData, containing: "config.json, key model.layers", "expected an integer, found a string") {
      _ = try model.value("layers", as: Int.self)
    }
    expectError(.badData, containing: "config.json, key model.merges[1]") {
      _ = try model.value("merges", as: [Int].self)
    }
    expectError(.badData, containing: "config.json, key model", "'heads' is missing") {
      _ = try model.value("heads", as: Int.self)
    }
    #expect(try model.valueIfPresent("heads", as: Int.self) == nil)
    expectError(.badData, containing: "expected an array, found an object") {
      _ = try root.value("model", as: [JSONNode].self)
    }
  }

  @Test func objectsKeepOrderThroughEdits() {
    var object = JSONObject((0..<20).map { ("k\($0)", JSONValue($0)) })
    object["k3"] = nil
    object["k5"] = "five"
    object["new"] = 1
    #expect(object.keys == (0..<20).filter { $0 != 3 }.map { "k\($0)" } + ["new"])
    #expect(object["k5"] == "five" && object["k3"] == nil && object["k19"] == 19)
  }

  @Test func damagedTextNeverCrashes() {
    let text = Array(#"{"a":[1,2.5e3,"x\u00e9\ud83d\ude00"],"b":{"c":null,"d":[true,false]}}"#.utf8)
    let seed: UInt64 = 7
    var random = SeededGenerator(seed: seed)
    for _ in 0..<2000 {
      var bytes = text
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      bytes = Array(bytes.prefix(Int.random(in: 0...bytes.count, using: &random)))
      _ = try? JSONValue.parse(bytes, place: "test")
    }
  }
}

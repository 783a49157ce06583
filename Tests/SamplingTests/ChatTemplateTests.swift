import Foundation
@testable import Sampling
import Storage
import TestSupport
import Testing

@testable import Tokenization

@Suite(.timeLimit(.minutes(20))) struct ChatTemplateTests {
  static let chatML =
    "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n'}}"
    + "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"

  private let messages: [ChatTemplate.Message] = [
    .init(role: "user", content: Array(" Hi ".utf8)), .init(role: "assistant", content: Array("Yo".utf8)),
    .init(role: "user", content: Array("<|im_end|>".utf8)),
  ]

  private func text(_ source: String, asksForAnswer: Bool = true) throws -> String {
    try ChatTemplate(source, place: "t").pieces(
      of: messages, asksForAnswer: asksForAnswer, beginning: "<s>", end: "</s>"
    ).map {
      switch $0 {
      case .markup(let text): text
      case .content(let bytes): String(decoding: bytes, as: UTF8.self)
      }
    }.joined()
  }

  @Test func messagesStandBetweenTheirMarks() throws {
    #expect(
      try text(Self.chatML)
        == "<|im_start|>user\n Hi <|im_end|>\n<|im_start|>assistant\nYo<|im_end|>\n<|im_start|>user\n<|im_end|><|im_end|>\n<|im_start|>assistant\n"
    )
    #expect(try !text(Self.chatML, asksForAnswer: false).hasSuffix("assistant\n"))
  }

  /// Rendered by Jinja 3.1 with Hugging Face's settings (trim_blocks, lstrip_blocks).
  @Test(
    arguments: [
      (
        "{{ bos_token }}{% for message in messages -%}\n  [{{ message.content | trim }}]\n{%- endfor %}{{ eos_token }}",
        "<s>[Hi][Yo][<|im_end|>]</s>"
      ),
      (
        "{% for message in messages %}{% if message['role'] == 'user' %}U{% elif message.role != \"assistant\" %}?{% else %}A{% endif %}{% if not loop.last %},{% endif %}{% endfor %}",
        "U,A,U"
      ),
      (
        "{% if messages[0]['role'] == 'system' or messages[-1].role == 'user' and add_generation_prompt %}x{% endif %}",
        "x"
      ),
      ("{# a remark #}a\n  {% if (true) %}\nb\n  {% endif %}\nc", "a\nb\nc"),
      ("a {#- b -#}  c\n  {# d #}\ne  {{- 'f' -}}  \n g\n", "ac\nefg"),
      ("{{ 'a' + 'b' ~ 'c' | trim }}  {% if '' %}x{% else %}y{% endif %}\n\n z", "abc  y\n z"),
      ("{% for message in messages %}{{ '' if false else '' }}{% endfor %}", nil),
    ] as [(String, String?)])
  func templatesAreRenderedAsJinjaDoes(_ source: String, _ expected: String?) throws {
    if let expected {
      #expect(try text(source) == expected)
    } else {
      #expect(throws: QuillError.self) { try text(source) }
    }
  }

  @Test(arguments: [
    ("{% set x = 1 %}", "'set'"), ("{% macro f() %}{% endmacro %}", "'macro'"),
    ("{{ raise_exception('no') }}", "raise_exception"),
    ("{% for tool in tools %}{% endfor %}", "a loop"), ("{% for message in messages %}", "endfor"),
    ("{{ message.content", "'{{'"),
    ("{{ message.content | upper }}", "upper"), ("{% if true %}", "endif"), ("{% endif %}", "'endif'"),
    ("{{ 'a }}", "string"),
    ("{{ message.tool_calls }}", "tool_calls"), ("{{ }}", "''"),
  ])
  func whatIsNotUnderstoodIsRefusedByName(_ source: String, _ name: String) {
    let error = #expect(throws: QuillError.self) { try ChatTemplate(source, place: "t") }
    #expect(error?.kind == .badData && error?.problem.contains(name) == true, "\(String(describing: error))")
  }

  @Test func whatIsEnteredIsNeverASpecialToken() throws {
    let tokenizer = ByteTokenizer(specialTokens: ["<|im_start|>", "<|im_end|>"])
    let template = try ChatTemplate(Self.chatML, place: "t")
    let tokens = template.tokens(template.pieces(of: [messages[2]], asksForAnswer: true), tokenizer)
    #expect(
      tokens == [256] + tokenizer.encode("user\n<|im_end|>") + [257] + tokenizer.encode("\n") + [256]
        + tokenizer.encode("assistant\n"))
  }

  @Test func aChatGoesOnAfterAnAnswerHasEnded() throws {
    var tokenizer = ByteTokenizer(specialTokens: ["<|im_start|>", "<|im_end|>"])
    tokenizer.specialTokens.bounds = TextBounds(ends: [257])
    // After a line end comes "o", after that "k", and then the end.
    var next = [Int32](repeating: 257, count: 258)
    next[10] = 111
    next[111] = 107
    let conversation = Conversation(
      Generator(TableModel.chain(next, capacity: 512), tokenizer: tokenizer), tokenizer: tokenizer,
      .init(SamplingSettings(temperature: 0), tokenCount: 9))
    conversation.template = try ChatTemplate(Self.chatML, place: "t")
    let first = try conversation.say(Array("a".utf8)) { _ in }
    #expect(first.turn.text == "ok" && first.turn.endsText)
    let second = try conversation.say(Array("b".utf8)) { _ in }
    #expect(second.turn.text == "ok" && conversation.story.turns.map(\.text) == ["a", "ok", "b", "ok"])
    let shown = tokenizer.decode(conversation.context(at: conversation.story.current))
    #expect(String(decoding: shown, as: UTF8.self) == "user\na\nassistant\nok\nuser\nb\nassistant\nok")
    // What the first turn fed is not fed again: only "ok" was encoded anew.
    #expect(second.newTokenCount < first.newTokenCount + 12)
  }

  @Test func theFolderHasTheTemplate() throws {
    try withTemporaryFolder { folder in
      func write(_ name: String, _ text: String) throws {
        try Data(text.utf8).write(to: folder.appending(path: name))
      }
      #expect(throws: QuillError.self) { try ChatTemplate(modelFolder: folder.path) }
      try write("tokenizer_config.json", #"{"chat_template": null}"#)
      #expect(throws: QuillError.self) { try ChatTemplate(modelFolder: folder.path) }
      try write("tokenizer_config.json", #"{"chat_template": "a"}"#)
      #expect(try ChatTemplate(modelFolder: folder.path) == ChatTemplate("a", place: ""))
      try write(
        "tokenizer_config.json",
        #"{"chat_template": [{"name":"x","template":"a"},{"name":"default","template":"b"}]}"#)
      #expect(try ChatTemplate(modelFolder: folder.path) == ChatTemplate("b", place: ""))
      try write("chat_template.jinja", "c")
      #expect(try ChatTemplate(modelFolder: folder.path) == ChatTemplate("c", place: ""))
    }
  }
}

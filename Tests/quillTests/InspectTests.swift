import Foundation
import Testing

/// `quill inspect` through the built program.
@Suite(.timeLimit(.minutes(20))) struct InspectTests {
  @Test func tensorsAndInductionNeedNoCorpus() throws {
    let run = try TinyRun.shared.get()
    let result = try run.quill("inspect", "run", "--json")
    #expect(result.exitCode == 0 && result.error.isEmpty, "\(result.error)")
    let json = try result.json
    let tensors = try #require(json["tensors"] as? [[String: Any]])
    let counted = tensors.reduce(0) { $0 + ($1["shape"] as? [Int] ?? []).reduce(1, *) }
    #expect(counted == json["parameters"] as? Int)
    #expect(tensors.allSatisfy { ($0["non_finite"] as? Int) == 0 })
    let scores = try #require((json["induction"] as? [String: Any])?["scores"] as? [[Double]])
    #expect(scores.count == 1 && scores[0].count == 2 && scores[0].allSatisfy { $0 > 0 && $0 < 1 })
    #expect(json["text"] is NSNull)
  }

  @Test func aCorpusShowsHeadsLensAndGradients() throws {
    let run = try TinyRun.shared.get()
    let result = try run.quill(
      "inspect", "run", "--corpus", "tales", "--windows", "5", "--token", " the", "--json")
    #expect(result.exitCode == 0, "\(result.error)")
    let json = try result.json
    let text = try #require(json["text"] as? [String: Any])
    #expect(text["windows"] as? Int == 5)
    #expect((text["lens"] as? [[String: Any]])?.count == 2)
    let gradients = try #require(text["gradients"] as? [String: Any])
    let eigenvalues = try #require(gradients["eigenvalues"] as? [Double])
    #expect(eigenvalues.count == 32 && zip(eigenvalues, eigenvalues.dropFirst()).allSatisfy { $0 >= $1 })
    let nearest = try #require(json["nearest"] as? [[String: Any]])
    #expect(!nearest.isEmpty && (nearest[0]["neighbors"] as? [Any])?.count == 10)
    #expect(nearest.compactMap { $0["text"] as? String }.joined() == " the")
  }

  @Test func eightBitWeightsHaveNoGradients() throws {
    let run = try TinyRun.shared.get()
    let result = try run.quill(
      "inspect", "run", "--corpus", "tales", "--windows", "2", "--weights", "int8", "--json")
    #expect(result.exitCode == 0, "\(result.error)")
    let json = try result.json
    let text = try #require(json["text"] as? [String: Any])
    #expect(text["gradients"] is NSNull && (json["notices"] as? [String])?.count == 1)
  }

  /// The page is one file that loads nothing, and a folder's name is text in it.
  @Test func thePageHoldsEverythingAndNoForeignMarkup() throws {
    let run = try TinyRun.shared.get()
    try run.withCopy { run, folder in
      let name = "<script>alert(1)<"
      try FileManager.default.moveItem(
        at: folder.appending(path: "tales"), to: folder.appending(path: name))
      let result = try run.quill(
        "inspect", "run", "--corpus", name, "--windows", "3", "--token", "<b>", "--report", "page.html")
      #expect(result.exitCode == 0, "\(result.error)")
      let page = try String(contentsOf: folder.appending(path: "page.html"), encoding: .utf8)
      #expect(page.hasPrefix("<!DOCTYPE html>") && page.hasSuffix("</html>\n"))
      for anchor in ["lens", "heads", "induction", "gradients", "tokens", "tensors"] {
        #expect(page.contains("<section id=\"\(anchor)\">"))
      }
      #expect(!page.contains("<script") && page.contains("&lt;script&gt;alert(1)&lt;"))
      #expect(!page.contains("src=") && !page.contains("href=\"http"))
    }
  }

  @Test func whatCannotBeInspectedIsSaid() throws {
    let run = try TinyRun.shared.get()
    #expect(try run.quill("inspect", "absent").exitCode == 66)
    #expect(try run.quill("inspect", "run", "--corpus", "absent").exitCode == 66)
    #expect(try run.quill("inspect", "run", "--token", "").exitCode == 64)
    let long = try run.quill("inspect", "run", "--token", String(repeating: "Z", count: 100))
    #expect(long.exitCode == 64 && long.error.contains("at most 32"))
  }
}

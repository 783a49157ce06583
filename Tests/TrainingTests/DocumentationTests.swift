import Foundation
import Testing

@testable import Training

@Suite(.timeLimit(.minutes(20))) struct DocumentationTests {
  @Test func everyKeyAndPresetIsDocumented() throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("docs/configuration.md")
    let text = try String(contentsOf: file, encoding: .utf8)
    for key in ConfigurationKey.all { #expect(text.contains("| `\(key.bareName)` |"), "\(key.name)") }
    for preset in Preset.all { #expect(text.contains("| `\(preset.name)`"), "\(preset.name)") }
  }
}

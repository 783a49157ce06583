import Foundation
import ScalingLaws
import Storage
import TestSupport
import Testing
import Training

@testable import Reports
@testable import Sweeps

@Suite(.timeLimit(.minutes(20))) struct ReportTests {
  /// Refits to resampled runs of a sweep too small for a law find exponents of thousands.
  @Test func absurdExponentsHaveNoFiniteOptimumAndDoNotCrash() throws {
    let frontier = FamilyFrontier(try ModelFamily(context: 256, vocabularySize: 512))
    for theta in [[0, 0, 11_799, 0, -7_641], [0, 0, -7_641, 0, 11_799], [0, .nan, 1, 0, 1]] {
      for optimum in frontier.optima(theta, flops: [1e9, 1e13]) { #expect(!(optimum.loss < 0)) }
    }
  }

  /// The report of the ordinary synthetic sweep, for all tests that only read it.
  private static let shared = Result { try SyntheticSweep.with { folder, _ in try SweepReport(folder) } }
  private let shared: SweepReport

  init() throws { shared = try Self.shared.get() }

  // MARK: Numbers

  @Test func theLawThatMadeTheRunsIsFound() throws {
    let law = try #require(shared.law)
    let truth = SyntheticSweep.truth
    // From 1.96 standard deviations to three, the sweep's seed being fixed: so much of the width at either end.
    let widening = 0.5 * (3 / 1.96 - 1)
    for (name, value) in pairs(["E", "A", "alpha", "B", "beta"], truth) {
      let interval = try #require(law.parameter(name)?.interval)
      let room = widening * (interval.high - interval.low)
      #expect(interval.low - room < value && value < interval.high + room, "\(name) = \(value), \(interval)")
    }
    let exponent = try #require(law.exponent.interval)
    let room = widening * (exponent.high - exponent.low)
    let value = truth[4] / (truth[2] + truth[4])
    #expect(exponent.low - room < value && value < exponent.high + room, "\(exponent)")
    #expect(shared.approaches.count >= 4)
  }

  @Test func frontierUnderExactFLOPsIsTheLowestOfAFineScan() throws {
    let family = try ModelFamily(context: 256, vocabularySize: 257)
    let theta = Chinchilla().theta(SyntheticSweep.truth)
    for flops in [1e11, 1e13, 1e15] {
      let frontier = FamilyFrontier(family)
      let best = try #require(frontier.optima(theta, flops: [flops]).first)
      let scan = (0...20_000).map { exp(log(2e3) + log(1e5) * Double($0) / 20_000) }
      func loss(_ n: Double) -> Double {
        Frontier(Chinchilla(), theta).loss(parameters: n, tokens: flops / frontier.flopsPerToken(parameters: n))
      }
      let lowest = scan.min { loss($0) < loss($1) }!
      // L″ and (ln f)″ by ln N, over four steps of the table to either side.
      let step = frontier.lnStep
      func curvature(_ value: (Double) -> Double) -> Double {
        let reach = exp(4 * step)
        return (value(lowest * reach) + value(lowest / reach) - 2 * value(lowest)) / (16 * step * step)
      }
      let lossCurvature = curvature(loss)
      let costCurvature = curvature { log(frontier.flopsPerToken(parameters: $0)) }
      // The scan ends within half of its own step. Between the table's points it follows straight lines of ln f, whose slope is off by up
      // to (ln f)″·step/2, and moves the minimum by what that does to B·D^-β. The table's own minimum, the vertex through three points, is
      // off by L‴/L″·step²/6, where L‴/L″ is less than α + β.
      let data = theta[4] * exp(theta[3] - theta[4] * log(best.tokens))
      let distance =
        0.5 * log(1e5) / 20_000 + data * abs(costCurvature) * 0.5 * step / lossCurvature
        + (theta[2] + theta[4]) * step * step / 6
      #expect(abs(log(best.parameters / lowest)) <= distance, "\(flops)")
      // The loss is that of the table's lowest point, at most half a step from the minimum: L″/2·(step/2)², and a twentieth for L″ itself.
      #expect(abs(best.loss - loss(lowest)) <= 1.05 * lossCurvature * step * step / 8)
      // N and D come from one place in the table: ln N, below 20, and ln f, below 25, pass a dozen roundings there and back.
      let compute = best.tokens * frontier.flopsPerToken(parameters: best.parameters)
      #expect(abs(compute / flops - 1) <= Rounding.gamma(12 * (20 + 25)))
    }
  }

  @Test func smoothCostIsNearThatOfEveryMember() throws {
    let family = try ModelFamily(context: 256, vocabularySize: 257)
    let frontier = FamilyFrontier(family)
    let distances = family.members.map { member in
      abs(frontier.flopsPerToken(parameters: Double(member.parameters)) / member.cost.exact - 1)
    }
    // A property of this ladder, found here: L3d32, narrow for its depth, is the farthest.
    #expect(Printed("0.0764").agrees(with: distances.max()!))
  }

  @Test func publishedRulesAreComputedFromUnroundedParameters() {
    // Hoffmann et al. 2022 give 67e9 parameters for 5.76e23 FLOPs by approach 1 and 40e9 by approach 3.
    #expect(Printed("0.4565").agrees(with: PublishedLaw.hoffmann.exponent))
    #expect(Printed("0.5126").agrees(with: PublishedLaw.besiroglu.exponent))
    // Two powers, each off by two roundings, two products and a quotient.
    #expect(abs(PublishedLaw.kaplan.parameters(flops: 8.64e19) / 1.3e9 - 1) <= Rounding.gamma(7))
    let law = PublishedLaw.besiroglu
    // Three products and two quotients.
    #expect(abs(6 * law.parameters(flops: 1e13) * law.tokens(flops: 1e13) / 1e13 - 1) <= Rounding.gamma(5))
  }

  // MARK: Page

  @Test func pageHoldsEverySectionAndRefersToNothingOutside() throws {
    try withTemporaryFolder { parent in
      let output = parent.appending("out")
      let written = try shared.write(to: output)
      let page = try String(contentsOfFile: written.page, encoding: .utf8)
      for anchor in [
        "curves", "isoflop", "frontier", "machine", "law", "contours", "residuals", "profiles", "heldout",
        "floor",
        "gap", "emergence", "rates", "warnings", "runs",
      ] {
        #expect(page.contains("<section id=\"\(anchor)\">"), "\(anchor)")
      }
      for word in ["http:", "https:", "src=", "<link", "@import", "url(", "<script"] {
        #expect(!page.contains(word), "\(word)")
      }
      #expect(page.contains("tales &amp; &lt;more&gt;") && !page.contains("<more>"))
      // As bytes: a mark of the folder's name hides the bracket from comparisons of Characters.
      #expect(Data(page.utf8).range(of: Data("<script".utf8)) == nil)
      for name in SweepReport.figureNames {
        #expect(FilePath.exists(output + "/\(name).dat"), "\(name)")
        #expect(FilePath.exists(output + "/\(name).gnuplot"), "\(name)")
        // Machines without gnuplot keep the numbers, and the page says so.
        if written.problem == nil {
          #expect(
            FilePath.exists(output + "/\(name).svg") && FilePath.exists(output + "/\(name).png"), "\(name)")
          #expect(page.contains("\(name)_canvas"), "\(name)")
        } else {
          #expect(page.contains("its numbers are in \(name).dat"), "\(name)")
        }
      }
    }
  }

  @Test func everyIdOfThePageIsUnique() throws {
    try withTemporaryFolder { parent in
      let written = try shared.write(to: parent.appending("out"))
      let page = try String(contentsOfFile: written.page, encoding: .utf8)
      let ids = page.matches(of: #/ id=['"]([^'"]+)['"]/#).map { String($0.1) }
      let repeated = Dictionary(grouping: ids) { $0 }.filter { $0.value.count > 1 }.keys
      #expect(repeated.isEmpty, "\(repeated.sorted())")
    }
  }

  @Test func withoutGnuplotThePageSaysSoAndKeepsTheTables() {
    let page = ReportPage(report: shared, drawings: [:], drawingProblem: "gnuplot is not installed").text
    #expect(page.contains("The figure is missing (gnuplot is not installed); its numbers are in isoflop.dat."))
    #expect(page.contains("<th class=\"text\">approach</th>") && !page.contains("<figure>"))
  }

  // MARK: Figures' data

  @Test func dataFilesHoldTheRunsAndTheMinima() throws {
    let isoflop = try #require(shared.profilesFigure).data
    let blocks = isoflop.components(separatedBy: "\n\n\n")
    // Points and parabola of each budget, and the minimum of each that is not rejected.
    #expect(blocks.count == 2 * 4 + shared.sizeProfiles.minima.count && !shared.sizeProfiles.minima.isEmpty)
    let first = blocks[0].split(separator: "\n").dropFirst().map {
      $0.split(separator: " ").map { Double($0)! }
    }
    #expect(first.count == 9, "seven sizes, the smallest with three seeds")
    let smallest = shared.fitted.filter { $0.budget == 1e11 }.map { Double($0.parameters) }.min()!
    #expect(first[0][0] == smallest)
    let residuals = try #require(shared.residualFigure).data
    // A band of two rows for each of the four panels.
    let rows = residuals.split(separator: "\n").count { !$0.hasPrefix("#") }
    #expect(rows == shared.fitted.count + 8)
    let frontier = try #require(shared.frontierFigure).data
    for name in ["Kaplan 2020", "Hoffmann 2022", "Besiroglu 2024", "isoFLOP minima"] {
      #expect(frontier.contains(name), "\(name)")
    }
  }

  @Test func contourPassesThroughItsLoss() throws {
    let fit = try #require(shared.law).fit
    let blocks = try #require(shared.contourFigure).data.components(separatedBy: "\n\n\n")
    let lines = blocks[3].split(separator: "\n")
    let level = try #require(Double(lines[0].split(separator: " ")[3].dropLast()))
    let row = lines[40].split(separator: " ").map { Double($0)! }
    let loss = Frontier(fit.law, fit.theta).loss(parameters: row[0], tokens: row[1])
    // The level is printed to four decimals, N and D to seven digits, of which L takes no more than it has of either.
    #expect(abs(loss - level) <= 0.5e-4 + 0.5e-6 * level)
  }

  // MARK: Missing pieces

  @Test func whatIsMissingIsSaid() throws {
    func page(_ change: (inout SyntheticSweep) -> Void) throws -> String {
      try SyntheticSweep.with(change) { folder, _ in
        ReportPage(report: try SweepReport(folder), drawings: [:], drawingProblem: nil).text
      }
    }
    let bare = try page {
      ($0.asksQuestions, $0.heldOut, $0.isCalibrated, $0.knowsEntropy) = (false, nil, false, false)
      $0.triesRates = false
    }
    for sentence in [
      "No questions were asked", "has not come to a held-out run", "knows the speed of 0 sizes",
      "the entropy of this text is not known", "No run kept its metrics",
      "No learning rates were tried",
    ] {
      #expect(bare.contains(sentence), "\(sentence)")
    }
    let few = try page { $0.limit = 4 }
    #expect(few.contains("There is no fitted law") && few.contains("a law needs eight runs of three sizes"))
    #expect(few.contains("<section id=\"frontier\">"))
  }

  @Test func verdictSaysWhetherThePredictionHeld() throws {
    for (factor, word, tone) in [(1.001, "inside", Conclusion.Tone.good), (1.05, "outside", .bad)] {
      try SyntheticSweep.with({ $0.heldOut = factor }) { folder, _ in
        let verdict = try #require(SweepReport(folder).conclusions.first { $0.topic == "Held-out run" })
        #expect(verdict.text.contains("\(word) the interval") && verdict.tone == tone, "\(verdict)")
      }
    }
  }

  @Test func aLawAtTheEndOfItsRangeIsNotQuoted() throws {
    // A loss that falls as N^-3, faster than any exponent that is searched.
    try SyntheticSweep.with({ $0.law = [0.4, 1e12, 3, 400, 0.42] }) { folder, _ in
      let report = try SweepReport(folder)
      let verdict = try #require(report.conclusions.first { $0.topic == "Exponent" })
      #expect(verdict.tone == .bad && verdict.text.contains("do not support a law: alpha"), "\(verdict)")
      #expect(!report.conclusions.contains { $0.topic == "Next model" || $0.topic == "Approaches" })
    }
    #expect(shared.conclusions.contains { $0.topic == "Next model" })
  }

  @Test func sameFolderGivesTheSameReport() throws {
    try SyntheticSweep.with { folder, _ in
      let (first, second) = (try SweepReport(folder), try SweepReport(folder))
      #expect(first.json == second.json)
    }
  }

  // MARK: Curves

  /// Metrics of a descent L = 1 + 5/step, as a run writes them; `damage` changes the text.
  private func writeMetrics(
    _ record: SweepRecord, in folder: SweepFolder, steps: Int, _ damage: (String) -> String = { $0 }
  ) throws {
    let lines = (1...steps).map { step in
      (MetricsRecord.train(
        step: step, loss: 1 + 5 / Double(step), learningRate: 0.01, gradientNorm: 1, tokens: 2048
      )
      .json.compactText)
    }
    try FilePath.createFolder(folder.runPath(record.id))
    try AtomicFile.write(
      FilePath.join(folder.runPath(record.id), MetricsFile.name), damage(lines.joined(separator: "\n") + "\n"))
  }

  @Test func curvesAreTheSmoothedMetrics() throws {
    try SyntheticSweep.with { folder, _ in
      let records = try folder.records()
      try writeMetrics(records[0], in: folder, steps: 1000)
      // Too short for a curve.
      try writeMetrics(records[1], in: folder, steps: 9)
      let report = try SweepReport(folder)
      let curve = try #require(report.curves.first)
      #expect(report.curves.count == 1 && report.damagedCurves == 0 && curve.record.id == records[0].id)
      let flopsPerStep = records[0].flops / Double(records[0].tokens) * 2048
      for point in curve.points {
        let step = point.flops / flopsPerStep
        // A mean over at most a twentieth of the steps, and at least three, that stands in their middle: of a convex descent it lies
        // above the descent there, and below where the window begins.
        let oldest = min(0.97 * step - 1, step - 1)
        // A difference of two sums over up to 1000 steps, which hold at most 20 times the window's, of losses below the first point's.
        let rounding = Rounding.gamma(1000) * 2 * 20 * curve.points[0].loss
        #expect(
          point.loss >= 1 + 5 / step - rounding && point.loss <= 1 + 5 / max(1, oldest) + rounding,
          "step \(step)")
      }
      // The last window has the steps 951 to 1000: a difference of two sums of up to 500,500 steps' compute.
      let rounding = Rounding.gamma(1000) * 2 * 500_500 / (50 * 975.5)
      #expect(abs(try #require(curve.points.last).flops / (975.5 * flopsPerStep) - 1) <= rounding)
    }
  }

  @Test func damagedMetricsAreCountedAndTheReportGoesOn() throws {
    try SyntheticSweep.with { folder, _ in
      let records = try folder.records()
      try writeMetrics(records[0], in: folder, steps: 100)
      try writeMetrics(records[1], in: folder, steps: 100) {
        $0.replacing("\"step\":50,", with: "\"stop\":50,")
      }
      let report = try SweepReport(folder)
      #expect(report.curves.count == 1 && report.damagedCurves == 1)
      let page = ReportPage(report: report, drawings: [:], drawingProblem: nil).text
      #expect(page.contains("The metrics of 1 run are damaged and left out."))
    }
  }

  // MARK: Bad folders

  @Test func folderWithoutPlanIsRejected() throws {
    try withTemporaryFolder { parent in
      expectError(.missingInput, containing: "no plan", "SweepDraft") {
        _ = try SweepReport(SweepFolder(parent.path))
      }
    }
  }

  @Test func sweepWithoutAnEndedRunIsRejected() throws {
    try SyntheticSweep.with({ $0.limit = 0 }) { folder, _ in
      expectError(.missingInput, containing: "no run", "SweepRunner") { _ = try SweepReport(folder) }
    }
  }

  @Test func damagedRecordIsRejectedAndNamed() throws {
    try SyntheticSweep.with { folder, _ in
      let text = try String(contentsOfFile: folder.recordsPath, encoding: .utf8)
      try AtomicFile.write(folder.recordsPath, text.replacing("\"layers\":", with: "\"layer\":"))
      expectError(.badData, containing: "line 1", "layers") { _ = try SweepReport(folder) }
    }
  }
}

import Foundation
import Training
import Transformer

/// One member of the family of architectures that a sweep varies: everything follows from width and layers.
package struct ModelSize: Sendable, Hashable {
  package let width: Int
  package let layers: Int

  package init(width: Int, layers: Int) {
    self.width = width
    self.layers = layers
  }

  /// Such as `L4d128`.
  package var name: String { "L\(layers)d\(width)" }

  /// Heads of 64 above a width of 256, of 32 from 64 up, of 16 below, and smaller ones where those do not divide.
  package var heads: Int {
    let largest = width > 256 ? 64 : width >= 64 ? 32 : 16
    return width / ([largest, 32, 16].first { $0 <= largest && width % $0 == 0 } ?? width)
  }

  /// The `model.*` keys: the qwen3 family, head tied to the embedding.
  ///
  /// Its norms on queries and keys keep small models stable at high learning rates (Wortsman et al. 2023, arXiv:2309.14322):
  /// without them the loss of a run of 500 steps jumps by tens of percent from seed to seed.
  package func settings(context: Int) -> ModelSettings {
    var settings = ModelSettings()
    settings.family = .qwen3
    settings.layers = layers
    settings.width = width
    settings.heads = heads
    settings.context = context
    return settings
  }
}

/// The family over one vocabulary and context, with what each size costs.
///
/// A ladder from 8 thousand to 32 million parameters (over 256 bytes) in factors of 1.2 to 1.7, width and depth growing
/// together: steps small enough for seven sizes within a factor of four of any optimum in between.
package struct ModelFamily: Sendable {
  /// A size with what it costs over this family's vocabulary.
  package struct Member: Sendable {
    package let size: ModelSize
    package let configuration: ModelConfiguration
    /// All trainable numbers, the tied head counted once.
    package let parameters: Int
    package let cost: TrainingCost
  }

  /// Ascending in parameters.
  package let members: [Member]

  /// (width, layers)
  static let ladder = [
    (16, 1), (16, 2), (32, 1), (32, 2), (32, 3), (48, 2), (48, 3), (64, 2), (64, 3), (80, 3), (96, 3), (96, 4),
    (112, 4), (128, 4), (128, 5), (160, 5), (192, 5), (224, 5), (256, 5), (256, 6), (288, 7), (320, 8),
    (352, 9),
    (384, 10), (448, 10), (512, 10),
  ].map { ModelSize(width: $0.0, layers: $0.1) }

  /// - Throws: `QuillError` of kind `.usage` where context or vocabulary is impossible.
  package init(context: Int, vocabularySize: Int) throws {
    members = try Self.ladder.map { size in
      let configuration = try size.settings(context: context).configuration(vocabularySize: vocabularySize)
      return Member(
        size: size, configuration: configuration, parameters: configuration.parameterCount,
        cost: TrainingCost(configuration, length: context))
    }.sorted { $0.parameters < $1.parameters }
  }

  package func member(_ size: ModelSize) -> Member? { members.first { $0.size == size } }

  /// Up to `count` members with parameters spread evenly in logarithm over a factor of `span` to either side of
  /// `center`.
  ///
  /// Where the ladder has fewer there, or ends, the nearest ones beyond join, so that `count` come back unless fewer are
  /// allowed.
  package func members(
    around center: Double, span: Double, count: Int, where isAllowed: (Member) -> Bool = { _ in true }
  ) -> [Member] {
    let allowed = members.indices.filter { isAllowed(members[$0]) }
    var chosen: Set<Int> = []
    for index in 0..<count {
      let place = count == 1 ? 0 : 2 * Double(index) / Double(count - 1) - 1
      let target = center * pow(span, place)
      let free = allowed.filter { !chosen.contains($0) }
      guard let nearest = free.min(by: { distance($0, target) < distance($1, target) }) else { break }
      chosen.insert(nearest)
    }
    return chosen.sorted().map { members[$0] }
  }

  /// The member whose parameters are nearest to `parameters` in logarithm.
  package func nearest(to parameters: Double) -> Member { nearest(to: parameters) { _ in true }! }

  /// The nearest of the allowed members; nil without any.
  func nearest(to parameters: Double, where isAllowed: (Member) -> Bool) -> Member? {
    members.indices.filter { isAllowed(members[$0]) }
      .min { distance($0, parameters) < distance($1, parameters) }.map { members[$0] }
  }

  private func distance(_ index: Int, _ target: Double) -> Double {
    abs(log(Double(members[index].parameters) / target))
  }

  /// FLOPs per token of a model of any size between the members: a power law between neighbours.
  package func flopsPerToken(parameters: Double) -> Double {
    let above = members.firstIndex { Double($0.parameters) >= parameters } ?? members.count - 1
    let (low, high) = (members[max(0, above - 1)], members[max(1, above)])
    let position =
      log(parameters / Double(low.parameters)) / log(Double(high.parameters) / Double(low.parameters))
    return low.cost.exact * pow(high.cost.exact / low.cost.exact, position)
  }
}

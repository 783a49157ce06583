import Foundation
import ScalingLaws

/// A published rule for the best size of a compute budget, to compare with.
package struct PublishedLaw: Sendable {
  package let name: String
  /// a of N* ∝ C^a.
  package let exponent: Double
  private let coefficient: Double

  /// N* at a budget of FLOPs, in the source's own count of parameters.
  package func parameters(flops: Double) -> Double { coefficient * pow(flops, exponent) }
  /// C / (6·N*), as the sources count.
  package func tokens(flops: Double) -> Double { flops / (6 * parameters(flops: flops)) }

  /// N* = 1.3e9 · (C / PF-day)^0.73, parameters without embeddings. Source: Kaplan et al. 2020, arXiv:2001.08361, table 6.
  package static let kaplan = PublishedLaw(
    name: "Kaplan 2020", exponent: 0.73, coefficient: 1.3e9 * pow(8.64e19, -0.73))

  /// From the unrounded parameters: the rounded ones of the paper give another frontier. Source: Hoffmann et al. 2022,
  /// arXiv:2203.15556, equation 10.
  package static let hoffmann = PublishedLaw(
    "Hoffmann 2022", [1.6934, 406.4, 0.33917, 410.72, 0.28491])

  /// Source: Besiroglu et al. 2024, arXiv:2404.10102, table 1.
  package static let besiroglu = PublishedLaw(
    "Besiroglu 2024", [1.8172, 482.01, 0.3478, 2085.43, 0.3658])

  package static let all = [kaplan, hoffmann, besiroglu]

  private init(name: String, exponent: Double, coefficient: Double) {
    (self.name, self.exponent, self.coefficient) = (name, exponent, coefficient)
  }

  /// - Parameter values: E, A, α, B, β.
  private init(_ name: String, _ values: [Double]) {
    let law = Chinchilla()
    let theta = law.theta(values)
    let exponent = law.optimalExponent(theta)
    let optimum = Frontier(law, theta).optimum(flops: 1e20)
    self.init(name: name, exponent: exponent, coefficient: optimum.parameters * pow(1e20, -exponent))
  }
}

import Compute
import Foundation
import TestSupport
import Testing

/// The reference's attention, in Double, with a bound on the fused kernels' error beside each number.
///
/// With u = 2⁻²⁴, and w = 2⁻⁸ for bf16 (0 for fp32), which is where the kernels round to the precision: the weights P
/// before P · V and Pᵀ · dO, dS before its two products, and whatever is stored. First-order, term by term:
///
///     δS  = γ(D + 2) · Σ|q||k| / √D
///     δP  = P · (δS + max δS + u (|S| + 2 |max S| + 2 |lse| + T + 16))    exp within 2 ulp, sums over at most T
///     δY  = Σ δP |v| + w Σ P |v| + γ(T + 2) Σ P |v| + w |Y|
///     δdS = |dS| (δP / P) + P · (δdP + δ(ΣP dP) + 4u (|dP| + |ΣP dP|)) / √D + w |dS|
///
/// and the same for the products that follow. Second-order terms are covered by a factor of 1 + 2⁻⁵.
struct AttentionBound {
  var y: [Double]
  var logSumExp: [Double]
  var dq: [Double]
  var dk: [Double]
  var dv: [Double]

  private static let slack = 1 + 0x1p-5

  init(_ attention: AttentionCase, logSumExp lse: [Double], output: [Double]) {
    let (B, T, H, KV, D) = (
      attention.shape.B, attention.shape.T, attention.shape.H, attention.shape.KV, attention.shape.D
    )
    let (q, k, v, dy) = (attention.q, attention.k, attention.v, attention.dy)
    let u = Roundoff.fp32
    let w = Roundoff.storing(attention.precision)
    let flush = attention.precision == .bf16 ? Double(D + T) * Roundoff.flush : Roundoff.flush
    let scale = 1 / Double(D).squareRoot()
    y = [Double](repeating: 0, count: q.count)
    logSumExp = [Double](repeating: 0, count: B * H * T)
    dq = y
    dk = [Double](repeating: 0, count: k.count)
    dv = dk
    // Magnitudes of the results, for the rounding when they are stored.
    var (dqSize, dkSize, dvSize) = (dq, dk, dk)
    let dot = Roundoff.gamma(D + 2)
    let sum = Roundoff.gamma(H * T + 4)

    for b in 0..<B {
      for h in 0..<H {
        for t in 0..<T {
          let row = ((b * T + t) * H + h) * D
          let task = (b * H + h) * T + t
          func column(_ s: Int) -> Int { ((b * T + s) * KV + h / (H / KV)) * D }
          let visible = Int(attention.documentStarts?[b * T + t] ?? 0)...t

          var scores = [Double](repeating: 0, count: t + 1)
          var scoreErrors = scores
          var products = scores  // dP = dO · v
          var productErrors = scores
          for s in visible {
            let key = column(s)
            var (score, scoreSize, product, productSize) = (0.0, 0.0, 0.0, 0.0)
            for c in 0..<D {
              score += q[row + c] * k[key + c]
              scoreSize += abs(q[row + c] * k[key + c])
              product += dy[row + c] * v[key + c]
              productSize += abs(dy[row + c] * v[key + c])
            }
            scores[s] = score * scale
            scoreErrors[s] = (dot + 2 * u) * scoreSize * scale + flush
            products[s] = product
            productErrors[s] = dot * productSize + flush
          }
          let worst = scoreErrors[visible].max()!
          let shift = abs(scores[visible].max()!)
          logSumExp[task] = Self.slack * (worst + u * (Double(T) + 16 + 2 * shift + 2 * abs(lse[task])))

          // Each key's weight, its relative error, and Σ P dP with its error.
          var weights = scores
          var relatives = scores
          for s in visible {
            weights[s] = exp(scores[s] - lse[task])
            relatives[s] =
              scoreErrors[s] + worst + u * (abs(scores[s]) + 2 * shift + 2 * abs(lse[task]) + Double(T) + 16)
          }
          var (weighted, weightedError) = (0.0, 0.0)
          for s in visible {
            let keep = attention.mask?(b, h, t, s) ?? 1
            let size = keep * weights[s]
            for c in 0..<D { y[row + c] += size * abs(v[column(s) + c]) * (relatives[s] + w + sum) }
          }
          for c in 0..<D {
            y[row + c] = Self.slack * (y[row + c] + w * abs(output[row + c])) + flush
            weighted += output[row + c] * dy[row + c]
            weightedError += y[row + c] * abs(dy[row + c]) + dot * abs(output[row + c] * dy[row + c])
          }

          for s in visible {
            let key = column(s)
            let keep = attention.mask?(b, h, t, s) ?? 1
            let size = keep * weights[s]
            let inner = keep * products[s] - weighted
            let dS = abs(weights[s] * inner) * scale
            let innerError =
              keep * productErrors[s] + weightedError + 4 * u * (keep * abs(products[s]) + abs(weighted))
            let dSError = (relatives[s] + w) * dS + weights[s] * innerError * scale + flush
            for c in 0..<D {
              dv[key + c] += size * abs(dy[row + c]) * (relatives[s] + w + sum)
              dvSize[key + c] += size * dy[row + c]
              dq[row + c] += (dSError + sum * dS) * abs(k[key + c])
              dk[key + c] += (dSError + sum * dS) * abs(q[row + c])
              dqSize[row + c] += weights[s] * inner * scale * k[key + c]
              dkSize[key + c] += weights[s] * inner * scale * q[row + c]
            }
          }
        }
      }
    }
    func finish(_ errors: [Double], _ sizes: [Double]) -> [Double] {
      pairs(errors, sizes).map { Self.slack * ($0 + w * abs($1)) + flush }
    }
    dq = finish(dq, dqSize)
    dk = finish(dk, dkSize)
    dv = finish(dv, dvSize)
  }
}

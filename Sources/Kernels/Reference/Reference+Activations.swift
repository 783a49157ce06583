extension Reference {
  /// The Gaussian error linear unit in its tanh form, GPT-2's `gelu_new`.
  ///
  ///     y = ½ x (1 + tanh(√(2/π) (x + 0.044715 x³)))
  ///
  /// Any shape. Source: Hendrycks & Gimpel 2016, arXiv:1606.08415.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  package static func gelu<Scalar: ReferenceScalar>(_ x: [Scalar]) -> [Scalar] {
    x.map { x in
      let inner = geluScale() * (x + 0.044715 * x * x * x)
      return 0.5 * x * (1 + Scalar.hyperbolicTangent(inner))
    }
  }

  /// The gradient of `gelu`. With t = tanh(u), u = √(2/π) (x + 0.044715 x³):
  ///
  ///     dx = dy · (½ (1 + t) + ½ x (1 − t²) √(2/π) (1 + 3 · 0.044715 x²))
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  package static func geluBackward<Scalar: ReferenceScalar>(_ dy: [Scalar], x: [Scalar]) -> [Scalar] {
    zip(dy, x).map { dy, x in
      let t = Scalar.hyperbolicTangent(geluScale() * (x + 0.044715 * x * x * x))
      let slope = geluScale() * (1 + 3 * 0.044715 * x * x)
      return dy * (0.5 * (1 + t) + 0.5 * x * (1 - t * t) * slope)
    }
  }

  /// √(2/π).
  private static func geluScale<Scalar: ReferenceScalar>() -> Scalar { (2 / Scalar.pi).squareRoot() }

  /// The gated linear unit of the Llama family: SiLU of one projection times the other.
  ///
  ///     y = silu(gate) · up,   silu(x) = x · σ(x) = x / (1 + e⁻ˣ)
  ///
  /// `gate` and `up` have the same shape. Source: Shazeer 2020, arXiv:2002.05202.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  package static func swiGLU<Scalar: ReferenceScalar>(gate: [Scalar], up: [Scalar]) -> [Scalar] {
    zip(gate, up).map { gate, up in gate * sigmoid(gate) * up }
  }

  /// The gradients of `swiGLU`. With σ = σ(gate):
  ///
  ///     dGate = dy · up · σ · (1 + gate · (1 − σ)),   dUp = dy · silu(gate)
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  package static func swiGLUBackward<Scalar: ReferenceScalar>(
    _ dy: [Scalar], gate: [Scalar], up: [Scalar]
  ) -> (dGate: [Scalar], dUp: [Scalar]) {
    var dGate: [Scalar] = []
    var dUp: [Scalar] = []
    for index in dy.indices {
      let s = sigmoid(gate[index])
      dGate.append(dy[index] * up[index] * s * (1 + gate[index] * (1 - s)))
      dUp.append(dy[index] * gate[index] * s)
    }
    return (dGate, dUp)
  }

  private static func sigmoid<Scalar: ReferenceScalar>(_ x: Scalar) -> Scalar {
    1 / (1 + Scalar.exponential(-x))
  }
}

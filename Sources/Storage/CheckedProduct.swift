/// The product of sizes that come from outside.
///
///     try checkedProduct("the tokens of a step", windows, context)
///
/// - Parameters:
///   - quantity: what the product is, for the message.
///   - kind: `.usage` for what a user asks for, `.badData` for what a file says.
/// - Throws: `QuillError` where the product does not fit an `Int`.
package func checkedProduct(
  _ quantity: String, _ factors: Int..., kind: QuillError.Kind = .usage
) throws(QuillError) -> Int {
  var product = 1
  for factor in factors {
    let (next, overflow) = product.multipliedReportingOverflow(by: factor)
    guard !overflow else {
      let shown = factors.map { String($0) }.joined(separator: " × ")
      throw QuillError(kind, at: quantity, "\(shown) is too large a number", remedy: "Choose smaller sizes.")
    }
    product = next
  }
  return product
}
